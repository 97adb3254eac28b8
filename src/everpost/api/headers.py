"""Security and caching headers for every response."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ON_EVERY_ANSWER = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}
EXPOSED = ("ETag", "Link", "Location", "Retry-After", "X-Total-Count")
"""What a page of another origin may read besides what every page may."""
VARY = "vary"
"""In the state of a request: the headers on which its answer depends."""

_CREDENTIALS = {b"authorization", b"x-edit-key"}


class SafeHeaders:
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
                headers = MutableHeaders(scope=message)
                for name, value in ON_EVERY_ANSWER.items():
                    headers.setdefault(name, value)
                if is_personal:
                    headers["cache-control"] = "private, no-store"
                else:
                    headers.setdefault(
                        "cache-control", "no-store" if message["status"] >= 400 else "no-cache"
                    )
                for name in state.get(VARY, ()):
                    headers.add_vary_header(name)
            await send(message)

        await self.app(scope, receive, send_safely)
