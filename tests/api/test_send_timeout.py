"""Responses are sent in chunks, and aborted if the client does not read them."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from everpost.api.middleware.send_timeout import CHUNK, SendTimeout

SCOPE = {"type": "http", "path": "/"}


async def nothing() -> Message:
    raise AssertionError


def answering(body: bytes) -> SendTimeout:
    """An application that sends this body in one message, wrapped in `SendTimeout`."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return SendTimeout(app, timeout=0.02)


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 10 * CHUNK]
)
async def test_a_response_arrives_whole_and_only_its_last_chunk_is_final(size: int) -> None:
    body = bytes(range(251)) * (size // 251 + 1)
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await answering(body[:size])(SCOPE, nothing, send)
    assert b"".join(message["body"] for message in sent[1:]) == body[:size]
    assert [message.get("more_body", False) for message in sent[1:]] == [True] * (len(sent) - 2) + [False]
    assert len(sent) - 1 == max(1, -(-size // CHUNK))


async def test_a_response_that_is_not_read_is_aborted() -> None:
    taken = 0

    async def send(_message: Message) -> None:
        nonlocal taken
        taken += 1
        if taken == 3:
            await asyncio.Event().wait()

    await answering(bytes(10 * CHUNK))(SCOPE, nothing, send)
    assert taken == 3
