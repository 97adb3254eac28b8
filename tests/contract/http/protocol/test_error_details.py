"""The details of validation errors continue the name of the field, whichever part of Everpost found them."""

import re

import httpx
import pytest

from tests.contract.http.calls import ask

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")

SENTENCE = re.compile(r"(is|should|has|cannot|requires) [^A-Z]")
WRONG_BODIES: list[object] = [
    {},
    {"title": 1, "content": None, "id": "x", "tags": "news", "format": "pdf", "author_id": "f" * 24},
    {"title": "", "content": "", "unknown": 1, "slug": "-", "publication_date": "yesterday"},
    {"title": "T" * 1_000, "content": "C", "slug": "s" * 1_000, "status": 7, "tags": [1, "x" * 1_000]},
    {"title": "T", "content": "C", "tags": ["a"] * 100, "publication_date": 5},
    {"title": "T", "content": "C", "tags": [""]},
    {"title": "T", "content": "C", "slug": "-"},
    {"title": "T", "content": "C", "author_id": "f" * 24},
    {"title": "T", "content": "C", **{f"unknown {number}": 1 for number in range(100)}},
    [],
    "text",
]
WRONG_QUERIES = [
    "limit=x",
    "skip=-1",
    "skip=1&after=x",
    "after=x",
    "count=maybe",
    "status=gone",
]


def assert_one_style(answer: httpx.Response) -> None:
    assert answer.status_code == 422, answer.text
    for error in answer.json()["errors"]:
        counted = re.fullmatch(r"\d+ more errors are not listed", error["detail"])
        assert counted or SENTENCE.match(error["detail"]), error


@pytest.mark.parametrize("body", WRONG_BODIES, ids=range(len(WRONG_BODIES)))
async def test_an_invalid_body_is_described_in_one_style(client: httpx.AsyncClient, body: object) -> None:
    assert_one_style(await ask(client, "admin", "POST", "/posts", json=body))


@pytest.mark.parametrize("query", WRONG_QUERIES)
async def test_an_invalid_query_is_described_in_one_style(client: httpx.AsyncClient, query: str) -> None:
    assert_one_style(await client.get(f"/posts?{query}"))
