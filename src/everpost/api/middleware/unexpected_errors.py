"""The last resort: exceptions that nothing else handles."""

from typing import Protocol

import structlog
from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.get_logger("everpost")


class Refuse(Protocol):
    """Makes an error response."""

    def __call__(self, scope: Scope, status: int, detail: str, /) -> Response: ...


class UnexpectedErrorMiddleware:
    """Answers an unexpected exception with 500, and writes the details only to the log."""

    def __init__(self, app: ASGIApp, *, refuse: Refuse) -> None:
        self.app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def watched_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except Exception:
            _log.exception("unexpected error", method=scope["method"], path=scope["path"])
            if (
                has_started
            ):  # only dropping the connection can tell the client that the response is incomplete
                raise
            answer = self._refuse(scope, 500, "Internal server error. Details are in the server log.")
            await answer(scope, receive, send)
