"""The rest of a request body, which a client still sends when the request is refused."""

import asyncio
from contextlib import suppress

from starlette.requests import Request
from starlette.types import Message, Receive

MAX_REST = 64_000_000
"""Bytes that are read at most."""
_MEGABYTE = 1_000_000


class UnreadBody:
    """A request body that is read to its end before an error response is sent. Otherwise, the server would
    close the connection, and most clients that are still sending would lose the response.
    """

    def __init__(self, receive: Receive, *, pace: float) -> None:
        """`pace`: the number of seconds in which a megabyte must arrive."""
        self._receive = receive
        self._pace = pace
        self._has_begun = self._has_ended = False

    async def receive(self) -> Message:
        """The next message to the application."""
        self._has_begun = True
        message = await self._receive()
        self._has_ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def discard(self, request: Request) -> None:
        """Read what is left of the body, unless it is too much or too slow, or the client waits for leave to
        send it (RFC 9110, section 10.1.1).
        """
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and len(announced) < 20 and int(announced) > MAX_REST:
            return
        if self._has_begun or "expect" not in request.headers:
            with suppress(TimeoutError):
                await self._read(MAX_REST)

    async def _read(self, most: int) -> None:
        while most > 0 and not self._has_ended:
            async with asyncio.timeout(self._pace):
                most -= await self._read_megabyte()

    async def _read_megabyte(self) -> int:
        """Read a megabyte or slightly more, unless the body ends before."""
        size = 0
        while size < _MEGABYTE:
            size += len((await self.receive()).get("body", b""))
            if self._has_ended:
                break
        return size
