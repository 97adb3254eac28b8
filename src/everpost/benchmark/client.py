"""A client that asks an ASGI application in this process, with no network in between.

https://asgi.readthedocs.io/en/stable/specs/www.html
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from everpost.benchmark.stopping import heed_cancellation
from everpost.errors import WrongAnswer

Message: TypeAlias = MutableMapping[str, Any]
"""As the specification has it: what is in it depends on its type."""
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Message, Receive, Send], Awaitable[None]]

_SHOWN = 300
"""Bytes of a wrong answer that an error shows."""
_ASGI = {"version": "3.0", "spec_version": "2.4"}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and the status of the right answer."""

    method: str
    path: str
    right: int
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def require_right(self, status: int, body: bytes) -> None:
        """WrongAnswer: the answer to this request has another status."""
        if status != self.right:
            raise WrongAnswer(
                f"{self.method} {self.path} was answered {status} instead of {self.right}: "
                f"{body[:_SHOWN].decode(errors='replace')}"
            )


def json_request(method: str, path: str, right: int, content: object, *, secret: str = "") -> Request:
    """A request with a JSON body; with a token, if there is one."""
    headers = {"content-type": "application/json"}
    if secret:
        headers["authorization"] = f"Bearer {secret}"
    return Request(method, path, right, headers=headers, body=json.dumps(content).encode())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@asynccontextmanager
async def running(application: Application) -> AsyncIterator[Application]:
    """The application, started; shut down at the end, also where the start is not awaited to its end.
    Raises what its start raises.
    """
    to_it: asyncio.Queue[Message] = asyncio.Queue()
    from_it: asyncio.Queue[Message] = asyncio.Queue()
    scope: Message = {"type": "lifespan", "asgi": _ASGI, "state": {}}
    to_it.put_nowait({"type": "lifespan.startup"})
    life = asyncio.ensure_future(application(scope, to_it.get, from_it.put))
    try:
        if (await from_it.get())["type"] == "lifespan.startup.complete":
            yield application
    finally:
        to_it.put_nowait({"type": "lifespan.shutdown"})
        await life


async def ask(application: Application, request: Request) -> Answer:
    """The whole answer. WrongAnswer: its status is another one."""
    status, headers, body = 0, dict[str, str](), bytearray()
    to_come: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> Message:
        if not to_come:  # the client does not go away before it has the answer
            await asyncio.get_running_loop().create_future()
        return to_come.pop()

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
    heed_cancellation()
    request.require_right(status, bytes(body))
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
