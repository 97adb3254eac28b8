"""The results of `everpost bench`, and the blog and the client with which it measures."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from xml.etree.ElementTree import fromstring

import pytest

from everpost.benchmark.blog import Size, make_records, post_id, slug, text
from everpost.benchmark.client import Message, Receive, Request, Send, ask, running
from everpost.benchmark.databases import unique_names
from everpost.benchmark.machine import describe_machine
from everpost.benchmark.measurement import Subject, measure
from everpost.benchmark.operations import OPERATIONS, LoadedBlog
from everpost.benchmark.phrases import milliseconds
from everpost.benchmark.report import render_report
from everpost.benchmark.results import Figures, Measured, MeasuredDatabase, Results
from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.errors import Misconfigured, WrongAnswer

SIZE = Size(posts=9, comments=7)
BLOG = LoadedBlog(SIZE, "a secret", [("/posts/665f1c2ab7e4d20f3a9c8e01", '"1"')])


def at(rate: float) -> Figures:
    return Figures(rate, 1.0, 2.0, 3.0)


def results_of(*rates: Sequence[float], names: Sequence[str] = ("one", "two", "three")) -> Results:
    """The results of databases with these rates in their rounds, whatever the operation."""
    return Results(
        databases=[MeasuredDatabase(name, "SQLite 3") for name, _ in zip(names, rates, strict=False)],
        measured={each: [Measured([at(rate) for rate in own]) for own in rates] for each in OPERATIONS},
        size=SIZE,
        seconds=2,
        rounds=3,
        connections=16,
        ended_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
    )


def test_the_blog_is_the_same_each_time() -> None:
    assert list(make_records(SIZE, "a secret")) == list(make_records(SIZE, "a secret"))


def test_the_blog_has_the_size_that_was_asked_for() -> None:
    records = list(make_records(SIZE, "a secret"))
    posts = [each for each in records if isinstance(each, Post)]
    comments = [each for each in records if isinstance(each, Comment)]
    assert (len(records), len(posts), len(comments)) == (SIZE.records, 9, 63)
    assert [(each.id, each.slug) for each in posts] == [(post_id(n), slug(n)) for n in range(9)]
    assert len({each.id for each in posts} | {each.id for each in comments}) == 72
    assert all(500 <= len(each.content) <= 2_000 for each in posts)
    assert all(100 <= len(each.content) <= 300 for each in comments)


def test_a_text_can_have_every_length() -> None:
    assert {len(text(Random(seed), 1, 3)) for seed in range(50)} == {1, 2, 3}


def test_percentiles_are_of_the_nearest_rank() -> None:
    seconds = [number / 1_000 for number in range(1, 101)]
    assert Figures.of(seconds[::-1], within=4) == Figures(25, p50=50, p95=95, p99=99)
    assert Figures.of([0.5], within=1) == Figures(1, p50=500, p95=500, p99=500)


def test_of_several_rounds_the_median_counts() -> None:
    measured = Measured([Figures(9, 1, 6, 8), Figures(1, 2, 5, 7), Figures(5, 3, 4, 9)])
    assert measured.median == Figures(5, 2, 5, 8)
    assert measured.rates == (1, 9)


@pytest.mark.parametrize(
    ("rates", "fastest"),
    [
        (([100, 110, 120],), set()),
        (([100, 110, 120], [80, 90, 99]), {0}),
        (([80, 90, 100], [100, 110, 120], [50, 50, 50]), {0, 1}),
    ],
)
def test_what_is_as_fast_as_the_fastest_is_marked_too(
    rates: Sequence[Sequence[float]], fastest: set[int]
) -> None:
    assert results_of(*rates).fastest(OPERATIONS[0]) == fastest


def test_the_verdict_puts_the_fastest_first() -> None:
    verdict = results_of([100, 100, 100], [1_200, 1_200, 1_200]).verdict()
    assert "reads per second: 1,200 with two, 100 with one; writes per second: 1,200 with two" in verdict


def test_numbers_have_three_digits() -> None:
    assert [milliseconds(value) for value in (0.123, 1.234, 12.34, 1234.5)] == [
        "0.12",
        "1.23",
        "12.3",
        "1,234",
    ]


def test_databases_that_would_be_called_the_same_get_a_number() -> None:
    urls = ["mongodb://ann:a@host/blog?w=1", "sqlite:///blog.db", "mongodb://ann:a@host/blog"]
    assert unique_names(urls) == [
        "mongodb://ann@host/blog (1)",
        "sqlite:///blog.db",
        "mongodb://ann@host/blog (2)",
    ]


def test_a_url_is_not_named_twice() -> None:
    with pytest.raises(Misconfigured):
        unique_names(["sqlite:///a.db", "sqlite:///b.db", "sqlite:///a.db"])


def test_the_report_is_one_page_that_needs_nothing_else() -> None:
    hostile = '<script>alert("&")</script>'
    page = render_report(results_of([1, 2, 3], [4, 5, 6], names=(hostile, "two")))
    root = fromstring(page.removeprefix("<!DOCTYPE html>"))
    tags = [str(each.tag).rpartition("}")[2] for each in root.iter()]
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert tags.count("svg") == len(OPERATIONS)
    assert [value for each in root.iter() for value in each.attrib.values() if "//" in value] == []
    text = "".join(root.itertext())
    for fact in (hostile, "two", "SQLite 3", "2026-11-23 12:00 UTC", *describe_machine().values()):
        assert fact in text
    assert all(text.count(each.name) == 2 for each in OPERATIONS if each.name != "one post")


class Echo:
    """An application that responds with the request, and a given status."""

    def __init__(self, status: int) -> None:
        self._status = status

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        said = {"path": scope["path"], "body": (await receive())["body"].decode()}
        start = {"type": "http.response.start", "status": self._status, "headers": [(b"etag", b'"1"')]}
        await send(start)
        for part in (json.dumps(said).encode(), b"\n"):
            await send({"type": "http.response.body", "body": part, "more_body": part != b"\n"})


async def fail_to_start(_scope: Message, receive: Receive, send: Send) -> None:
    """Fail as Starlette's applications do."""
    await receive()
    await send({"type": "lifespan.startup.failed"})
    raise Misconfigured("It does not start.")


async def test_an_answer_comes_back_whole() -> None:
    answer = await ask(Echo(201), Request("POST", "/posts", expected=201, body=b"{}"))
    assert (answer.status, answer.headers) == (201, {"etag": '"1"'})
    assert json.loads(answer.body) == {"path": "/posts", "body": "{}"}


async def test_an_application_that_does_not_start_says_why() -> None:
    with pytest.raises(Misconfigured, match="It does not start"):
        async with running(fail_to_start):
            pass


async def test_a_wrong_answer_is_reported_and_ends_the_measurement() -> None:
    said: list[str] = []
    subject = Subject("one", Echo(503), BLOG)
    with pytest.raises(WrongAnswer) as refusal:
        await measure([subject], said.append, seconds=60, connections=3)
    assert refusal.value.message.startswith("one failed at 'one post': GET /posts/")
    assert "was answered 503 instead of 200" in refusal.value.message
    assert said == []
