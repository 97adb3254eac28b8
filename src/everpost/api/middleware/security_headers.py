"""Security and caching headers for every response."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header: TypeAlias = tuple[bytes, bytes]
"""A name in lower case, as in ASGI, and a value."""

SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}
EXPOSED = ("ETag", "Link", "Location", "Retry-After", "X-Total-Count")
"""Headers that scripts of another origin may read, besides the CORS-safelisted ones."""
VARY = "vary"
"""The key in the request's state for the request headers on which the response depends."""

_CREDENTIALS = {b"authorization", b"x-edit-key"}
_SECURITY = tuple((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
_CACHING = b"cache-control"


class SecurityHeadersMiddleware:
    """Adds security headers to every response that does not set them, and `Cache-Control`: `no-store` for
    errors and for requests with a token or a key.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        is_personal = any(name in _CREDENTIALS for name, _ in scope["headers"])

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_security_headers(
                    message.get("headers", ()), is_personal=is_personal, is_error=message["status"] >= 400
                )
                _add_vary(message, state.get(VARY, ()))
            await send(message)

        await self.app(scope, receive, send_safely)


def _add_vary(message: Message, names: Sequence[str]) -> None:
    if not any(name == b"vary" for name, _ in message["headers"]):
        message["headers"] += [(b"vary", ", ".join(names).encode())] if names else []
        return
    for name in names:
        MutableHeaders(scope=message).add_vary_header(name)


def _with_security_headers(headers: Iterable[Header], *, is_personal: bool, is_error: bool) -> list[Header]:
    """The headers, with those that every response has. Works on bytes, because it runs for each request."""
    completed = [each for each in headers if not (is_personal and each[0] == _CACHING)]
    present = {name for name, _ in completed}
    completed += [each for each in _SECURITY if each[0] not in present]
    if is_personal:
        completed.append((_CACHING, b"private, no-store"))
    elif _CACHING not in present:
        completed.append((_CACHING, b"no-store" if is_error else b"no-cache"))
    return completed
