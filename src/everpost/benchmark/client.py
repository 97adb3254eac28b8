"""A client that calls an ASGI application in the same process, without a network.

https://asgi.readthedocs.io/en/stable/specs/www.html
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from everpost.benchmark.cancellation import raise_lost_cancellation
from everpost.errors import WrongAnswer

Message: TypeAlias = MutableMapping[str, Any]
"""An ASGI message: its keys depend on its type."""
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

_MAX_QUOTED_BYTES = 300
"""Bytes of an unexpected response that an error quotes."""
_ASGI = {"version": "3.0", "spec_version": "2.4"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and the status that is expected."""

    method: str
    path: str
    expected: int
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def require_expected(self, status: int, body: bytes) -> None:
        """Raise WrongAnswer if the response to this request has another status."""
        if status != self.expected:
            raise WrongAnswer(
                f"{self.method} {self.path} was answered {status} instead of {self.expected}: "
                f"{body[:_MAX_QUOTED_BYTES].decode(errors='replace')}"
            )


def json_request(method: str, path: str, expected: int, content: object, *, secret: str = "") -> Request:
    """A request with a JSON body, and with a token if `secret` is given."""
    headers = {"content-type": "application/json"}
    if secret:
        headers["authorization"] = f"Bearer {secret}"
    return Request(method, path, expected, headers=headers, body=json.dumps(content).encode())


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@asynccontextmanager
async def running(application: Application) -> AsyncIterator[Application]:
    """Starts the application, and shuts it down at the end, also if its start was cancelled. Errors from its
    start propagate.
    """
    to_application: asyncio.Queue[Message] = asyncio.Queue()
    from_application: asyncio.Queue[Message] = asyncio.Queue()
    scope: Message = {"type": "lifespan", "asgi": _ASGI, "state": {}}
    to_application.put_nowait({"type": "lifespan.startup"})
    lifespan = asyncio.ensure_future(application(scope, to_application.get, from_application.put))
    try:
        if (await from_application.get())["type"] == "lifespan.startup.complete":
            yield application
    finally:
        to_application.put_nowait({"type": "lifespan.shutdown"})
        await lifespan


async def ask(application: Application, request: Request) -> Answer:
    """Send the request and return the whole response. Raises WrongAnswer if the status is unexpected."""
    status, headers, body = 0, dict[str, str](), bytearray()
    pending: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Message:
        if not pending:  # the client stays connected until the response is complete
            await asyncio.get_running_loop().create_future()
        return pending.pop()

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.update(
                (name.decode("latin-1"), said.decode("latin-1")) for name, said in message["headers"]
            )
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await application(_scope(request), receive, send)
    raise_lost_cancellation()
    request.require_expected(status, bytes(body))
    return Answer(status, headers, bytes(body))


def _scope(request: Request) -> Message:
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": [
            (b"host", b"blog.example"),
            *((name.encode(), value.encode()) for name, value in request.headers.items()),
        ],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
