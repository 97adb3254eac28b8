"""docs/contract.md is true: every example gets the response that is printed below it, on every store."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from hashlib import blake2b
from pathlib import Path

import httpx
import pytest

from everpost.domain import clock, revisions
from tests.contract.http.people import PEOPLE

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

PAGE = Path(__file__).parents[4] / "docs" / "contract.md"


class Noon(datetime):
    """The clock, at the time of the examples."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # not Self, never asked for
        return datetime(2026, 1, 1, 12, tzinfo=UTC).astimezone(tz)


@dataclass
class Message:
    """A request or a response as the page shows it."""

    line: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


def parse(block: str) -> Message:
    head, _, body = block.partition("\n\n")
    line, *headers = head.splitlines()
    return Message(line, dict(each.split(": ", 1) for each in headers), body.strip())


def examples() -> Iterator[tuple[Message, Message]]:
    blocks = [
        parse(block)
        for block in re.findall(r"^```http\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    ]
    return zip(blocks[0::2], blocks[1::2], strict=True)


TOKENS = {
    "$ANN": PEOPLE["author"].secret,
    "$EDDA": PEOPLE["editor"].secret,
    "$ADA": PEOPLE["admin"].secret,
}


def with_token(request: Message) -> dict[str, str]:
    """The headers of a request, with the token in place of its owner's name."""
    headers = dict(request.headers)
    if "Authorization" in headers:
        scheme, name = headers["Authorization"].split(" ")
        headers["Authorization"] = f"{scheme} {TOKENS[name]}"
    return headers


def stamp_of(request: Message) -> int:
    """The number that replaces the random stamps of this request."""
    digest = blake2b(f"{request.line} {request.body}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 1) + 1


def assert_as_promised(promised: object, answered: object) -> None:
    """Assert that they are equal, except where the page has "…"."""
    if isinstance(promised, dict) and isinstance(answered, dict):
        assert set(promised) == set(answered)
        for name, value in promised.items():
            assert_as_promised(value, answered[name])
    elif promised != "…":
        assert answered == promised


async def test_every_example_of_the_contract_gives_the_answer_below_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "datetime", Noon)
    for request, promised in examples():
        monkeypatch.setattr(revisions, "token_bytes", stamp_of(request).to_bytes)
        method, target = request.line.split(" ")
        sent = client.build_request(method, target, content=request.body.encode())
        del sent.headers["authorization"]
        sent.headers.update(with_token(request))
        answer = await client.send(sent)
        assert promised.line.startswith(f"HTTP/1.1 {answer.status_code} "), answer.text
        for name, value in promised.headers.items():
            assert answer.headers[name] == value, request
        if promised.body:
            assert_as_promised(json.loads(promised.body), answer.json())


def test_the_contract_has_examples() -> None:
    assert len(list(examples())) > 10
