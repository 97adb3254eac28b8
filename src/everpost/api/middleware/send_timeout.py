"""A timeout for clients that do not read their response."""

import asyncio

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CHUNK = 64 * 1024
"""Bytes that are passed to the server at once: it applies backpressure only between two messages."""

_log = structlog.get_logger("everpost")


class SendTimeout:
    """Aborts a response if the client does not read a chunk within `timeout` seconds."""

    def __init__(self, app: ASGIApp, *, timeout: float) -> None:
        self.app = app
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_given_up = False

        async def send_in_time(message: Message) -> None:
            nonlocal has_given_up
            if message["type"] == "http.response.start":  # the server holds it back until the body follows
                await send(message)
                return
            for each in _chunks(message):
                if has_given_up:
                    return
                try:
                    async with asyncio.timeout(self._timeout):
                        await send(each)
                except TimeoutError:
                    has_given_up = True
                    _log.info("the client did not read the response in time", path=scope["path"])

        # If an application returns before it has sent everything, the server can only drop the connection.
        await self.app(scope, receive, send_in_time)


def _chunks(message: Message) -> list[Message]:
    body = message.get("body", b"")
    if len(body) <= CHUNK:
        return [message]
    last = {**message, "body": body[(len(body) - 1) // CHUNK * CHUNK :]}
    starts = range(0, len(body) - len(last["body"]), CHUNK)
    return [*({**message, "body": body[at : at + CHUNK], "more_body": True} for at in starts), last]
