"""ASGI requests as a server passes them to an application, with bodies in any number of chunks."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from fastapi import FastAPI
from starlette.types import Message

Headers = Iterable[tuple[bytes, bytes]]


@dataclass
class Answer:
    """The response of an application, and the number of messages that it read."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    read: int = 0


async def once(body: bytes) -> AsyncIterator[bytes]:
    """A body in one chunk."""
    yield body


async def ask(
    app: FastAPI, method: str, target: str, *, headers: Headers = (), body: AsyncIterator[bytes] | bytes = b""
) -> Answer:
    """The response to one request."""
    path, _, query = target.partition("?")
    pieces = once(body) if isinstance(body, bytes) else body
    answer = Answer()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"blog.example"), *headers],
        "client": ("192.0.2.1", 5000),
        "server": ("blog.example", 80),
    }

    async def receive() -> Message:
        answer.read += 1
        async for piece in pieces:
            return {"type": "http.request", "body": piece, "more_body": True}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message["body"]

    await app(scope, receive, send)
    return answer
