"""Every subject of the benchmark answers the operations that are measured on it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from bench.http.blog import COMMENTS, MeasuredBlog
from bench.http.operations import LIMIT, OPERATIONS
from bench.http.subjects import Subject, blog_for, driver_url, everpost_on, limit_of, tutorial_on
from bench.http.wrk import ask_once, open_client
from devtools.servers.sqlite import SqliteDatabases

from everpost.benchmark.client import Request

pytestmark = pytest.mark.long  # as `make bench-check`, which needs all this, too

MEASURED = [operation for operation in OPERATIONS.values() if operation.thread != 10_000]  # which is no other


@pytest.fixture(scope="module")
def measured_blog() -> MeasuredBlog:
    return blog_for(MEASURED, rounds=1)


@pytest.fixture(scope="module")
async def databases() -> AsyncIterator[SqliteDatabases]:
    databases = SqliteDatabases()
    yield databases
    await databases.close()


@pytest.fixture(scope="module")
async def everpost(databases: SqliteDatabases, measured_blog: MeasuredBlog) -> AsyncIterator[Subject]:
    async with everpost_on("sqlite", databases.url("everpost"), measured_blog) as subject:
        yield subject


@pytest.fixture(scope="module")
async def tutorial(databases: SqliteDatabases, measured_blog: MeasuredBlog) -> AsyncIterator[Subject]:
    url = driver_url(databases, databases.url("tutorial"))
    async with tutorial_on("sqlite", url, measured_blog) as subject:
        yield subject


async def answer_of(subject: Subject, request: Request) -> httpx.Response:
    async with open_client(subject.program) as client:
        return await ask_once(client, request, unique="1")


async def answers_of(subject: Subject) -> dict[str, httpx.Response]:
    """The responses to every operation that is measured on it."""
    operations = [operation for operation in MEASURED if subject.measures(operation)]
    return {
        operation.name: await answer_of(subject, subject.request(operation, 0)) for operation in operations
    }


async def test_everpost_answers_everything(everpost: Subject) -> None:
    answers = await answers_of(everpost)
    assert len(answers["one-post"].json()["comments"]) == COMMENTS
    assert [len(post["comments"]) for post in answers["list-10"].json()] == [COMMENTS] * 10
    assert len(answers["list-100"].json()) == 100


async def test_the_tutorials_way_serves_the_same_posts(everpost: Subject, tutorial: Subject) -> None:
    answers, expected = await answers_of(tutorial), await answers_of(everpost)
    for name in ("one-post", "list-10"):
        found, there = answers[name].json(), expected[name].json()
        for post, other in zip(as_list(found), as_list(there), strict=True):
            assert (post["title"], post["content"]) == (other["title"], other["content"])
            assert [each["content"] for each in post["comments"]] == [
                each["content"] for each in other["comments"]
            ]
    assert len(answers["add-1000"].json()["comments"]) == 1_001


async def test_the_limit_hands_out_the_bytes_of_everpost(everpost: Subject) -> None:
    prebuilt = [operation for operation in MEASURED if LIMIT in operation.subjects]
    async with limit_of(everpost, prebuilt) as limit:
        for operation in prebuilt:
            answer = await answer_of(limit, limit.request(operation, 0))
            expected = await answer_of(everpost, everpost.request(operation, 0))
            assert answer.content == expected.content
            assert headers_of(answer) == headers_of(expected)


def headers_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """All headers but the date, which the server writes."""
    return sorted((name, value) for name, value in answer.headers.multi_items() if name != "date")


def as_list(content: list[dict[str, Any]] | dict[str, Any]) -> list[dict[str, Any]]:
    return content if isinstance(content, list) else [content]
