"""Every hostile request in the table gets the same problem document on each store, and changes nothing."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest

from tests.contract.http.calls import assert_problem, comment_on, publish, read
from tests.contract.http.protocol.hostile.request import COMMENT, OTHER_COMMENT, OTHER_POST, POST, Hostile
from tests.contract.http.protocol.hostile.table import PARTS, every_request

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

DATE = "2026-01-01T00:00:00Z"


async def write_the_blog(client: httpx.AsyncClient) -> None:
    await publish(client, id=POST, slug="taken", tags=["tag"], publication_date=DATE)
    await publish(client, id=OTHER_POST, publication_date=DATE)
    await comment_on(client, POST, id=COMMENT, publication_date=DATE)
    await comment_on(client, OTHER_POST, id=OTHER_COMMENT, publication_date=DATE)


async def everything(clients: Sequence[httpx.AsyncClient]) -> list[object]:
    """The whole content of each blog, which fits on one page."""
    answers = await asyncio.gather(*(read(client, "/posts?limit=100&comments=10") for client in clients))
    return [answer.json() for answer in answers]


async def send(client: httpx.AsyncClient, hostile: Hostile) -> httpx.Response:
    return await client.request(
        hostile.method, hostile.path, content=hostile.content(), headers=list(hostile.headers)
    )


def assert_refused(response: httpx.Response, hostile: Hostile) -> None:
    if "…" in hostile.fields:
        assert len(assert_problem(response, hostile.status)["errors"]) > 1
    else:
        assert_problem(response, hostile.status, *hostile.fields)
    assert len(response.content) < 10_000 or len(hostile.body or b"") > 10_000
    assert "Traceback" not in response.text


async def test_the_table_has_its_size() -> None:
    assert len({str(hostile) for hostile in every_request()}) >= 150


async def refuse(clients: Sequence[httpx.AsyncClient], hostile: Hostile) -> None:
    answers = await asyncio.gather(*(send(client, hostile) for client in clients))
    for answer in answers:
        assert_refused(answer, hostile)
    assert [answer.content for answer in answers] == [answers[0].content] * len(answers)


@pytest.mark.parametrize("part", PARTS)
async def test_a_hostile_request_is_refused_equally_by_all_stores_and_changes_nothing(
    four_clients: dict[str, httpx.AsyncClient], part: str
) -> None:
    clients = list(four_clients.values())
    await asyncio.gather(*(write_the_blog(client) for client in clients))
    before = await everything(clients)
    failures: list[str] = []
    for hostile in PARTS[part]:
        try:
            await refuse(clients, hostile)
        except AssertionError as failure:
            failures.append(f"{hostile}: {str(failure)[:500]}")
    assert await everything(clients) == before
    assert not failures, "\n\n".join(failures)
