"""Size limits on the request target and headers."""

from collections.abc import Iterable

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from everpost.api.middleware.unexpected_errors import Refuse

MAX_TARGET = 16 * 1024
"""Bytes of path and query."""
MAX_HEADERS = 32 * 1024
"""Bytes of all names and values together."""

_FORWARDED = frozenset({b"x-forwarded-for", b"forwarded"})
_log = structlog.get_logger("everpost")


class RequestLimits:
    """Refuses requests whose target or headers are too large."""

    def __init__(self, app: ASGIApp, *, proxies: int, refuse: Refuse) -> None:
        self.app = app
        self._refuse = refuse
        self._expects_proxies = proxies > 0
        """Also true once the warning about a proxy has been logged."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > MAX_TARGET:
            answer = self._refuse(scope, 414, f"The path and query string exceed {MAX_TARGET} bytes.")
            await answer(scope, receive, send)
        elif _size(scope["headers"]) > MAX_HEADERS:
            answer = self._refuse(scope, 431, f"The request headers exceed {MAX_HEADERS} bytes.")
            await answer(scope, receive, send)
        else:
            if not self._expects_proxies and not _FORWARDED.isdisjoint(dict(scope["headers"])):
                self._expects_proxies = True
                _log.warning(
                    "A request came through a proxy, but EVERPOST_PROXIES is 0, so all its clients count as"
                    " one. Set it to the number of proxies in front of Everpost."
                )
            await self.app(scope, receive, send)


def _size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    size = 0
    for name, value in headers:
        size += len(name) + len(value)
    return size
