"""A client that reads a response piece by piece."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from starlette.types import ASGIApp, Message


class Download:
    """A request to an application, which advances only as far as the client reads."""

    def __init__(self, app: ASGIApp, method: str, path: str, headers: Mapping[str, str]) -> None:
        self._app = app
        path, _, query = path.partition("?")
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
            "server": ("blog.example", 80),
            "client": ("192.0.2.1", 5000),
        }
        self._messages: asyncio.Queue[Message] = asyncio.Queue(1)
        self._is_gone = asyncio.Event()
        self._was_asked = False
        self.content = b""
        self.is_complete = False
        """Whether the server has completed the response."""

    async def __aenter__(self) -> Self:
        self._task = asyncio.ensure_future(self._app(self._scope, self._receive, self._messages.put))
        self.start = await self._next()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._task

    @property
    def status(self) -> int:
        return int(self.start["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): text.decode() for name, text in self.start["headers"]}

    async def read(self) -> bool:
        """Read a piece; return whether more may follow."""
        message = await self._next()
        self.content += message.get("body", b"")
        self.is_complete = not message.get("more_body", False)
        return not self.is_complete

    async def read_all(self) -> None:
        while await self.read():
            pass
        await self._task

    async def leave(self) -> None:
        """Close the connection, and wait until the application has noticed."""
        self._is_gone.set()
        with suppress(asyncio.QueueEmpty):
            while not self._task.done():
                self._messages.get_nowait()
        await self._task

    async def _next(self) -> Message:
        """The next message. If the application fails first, raises its exception."""
        message = asyncio.create_task(self._messages.get())
        await asyncio.wait({message, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not message.done() and not self._messages.empty():
            return await message
        if not message.done():
            message.cancel()
            await self._task
            raise EOFError
        return message.result()

    async def _receive(self) -> Message:
        if not self._was_asked:
            self._was_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._is_gone.wait()
        return {"type": "http.disconnect"}
