"""Permalinks: patterns, the paths that they make, and matching a path."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.ids import Id
from everpost.domain.permalinks import PermalinkMatch, Permalinks
from everpost.domain.posts import Post
from everpost.domain.reserved import RESERVED
from everpost.errors import Invalid

ID = Id("665f1c2ab7e4d20f3a9c8e01")
TOKYO, HONOLULU = ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Honolulu")


def a_post(date: datetime = datetime(2026, 2, 28, 20, tzinfo=UTC), slug: str = "hello") -> Post:
    return Post(id=ID, title="Hello", content="", publication_date=date, updated_at=date, slug=slug)


PATHS = {
    "/{slug}": "/hello",
    "/{id}": f"/{ID}",
    "/{year}/{month}/{slug}": "/2026/02/hello",
    "/{year}/{month}/{day}/{slug}": "/2026/02/28/hello",
    "/blog/{slug}": "/blog/hello",
    "/{slug}/{id}": f"/hello/{ID}",
    "/наш-блог/{day}/{id}/p": f"/наш-блог/28/{ID}/p",
}


@pytest.mark.parametrize(("pattern", "path"), PATHS.items())
def test_a_post_has_the_path_that_its_pattern_describes(pattern: str, path: str) -> None:
    assert Permalinks.parse(pattern).path(a_post(), UTC) == path


def test_the_date_of_a_path_is_that_of_the_time_zone() -> None:
    permalinks = Permalinks.parse("/{year}/{month}/{day}/{slug}")
    assert permalinks.path(a_post(), TOKYO) == "/2026/03/01/hello"
    new_year = a_post(datetime(2026, 1, 1, 5, tzinfo=UTC))
    assert permalinks.path(new_year, HONOLULU) == "/2025/12/31/hello"
    assert permalinks.path(a_post(LATEST), TOKYO) == "/9999/12/31/hello"
    assert permalinks.path(a_post(EARLIEST), HONOLULU) == "/0001/01/01/hello"


@given(
    st.sampled_from(list(PATHS)),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["hello", "2026", "привет-мир", "\U00010330" * 255]),
)
def test_a_path_names_its_post(pattern: str, date: datetime, slug: str) -> None:
    post, permalinks = a_post(date, slug), Permalinks.parse(pattern)
    found = permalinks.match(permalinks.path(post, UTC))
    assert found is not None
    assert found == PermalinkMatch(
        slug=slug if "{slug}" in pattern else None,
        id=ID if "{id}" in pattern else None,
        year=date.year if "{year}" in pattern else None,
        month=date.month if "{month}" in pattern else None,
        day=date.day if "{day}" in pattern else None,
    )


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/{slug}", "/"),
        ("/{slug}", "/a/b"),
        ("/{slug}", "/a/"),
        ("/{slug}", "a"),
        ("/{slug}", f"/{'a' * 256}"),
        ("/{id}", "/665f1c2ab7e4d20f3a9c8e0"),
        ("/{id}", "/665F1C2AB7E4D20F3A9C8E01"),
        ("/{year}/{slug}", "/26/a"),
        ("/{year}/{slug}", "/٢٠٢٦/a"),
        ("/{month}/{slug}", "/2/a"),
        ("/blog/{slug}", "/blogs/a"),
    ],
)
def test_another_path_does_not_match(pattern: str, path: str) -> None:
    assert Permalinks.parse(pattern).match(path) is None


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("", "must begin with /"),
        ("{slug}", "must begin with /"),
        ("https://blog.example/{slug}", "must begin with /"),
        ("/", "must not end with /"),
        ("/{slug}/", "must not end with /"),
        ("/{year}/{month}", "must contain {slug} or {id}"),
        ("/blog", "must contain {slug} or {id}"),
        ("/{title}", "'{title}' is not a field"),
        ("/{slug}/{slug}", "contains {slug} twice"),
        ("/{slug}.html", "'{slug}.html' should be a field"),
        ("/{year}-{month}/{slug}", "is not a field"),
        ("//{slug}", "'' should be a field"),
        ("/../{slug}", "'..' should be a field"),
        ("/Blog/{slug}", "'Blog' should be a field"),
        ("/b?c/{slug}", "'b?c' should be a field"),
        ("/b%20c/{slug}", "'b%20c' should be a field"),
        ("/e\u0301/{slug}", "should be a field"),
        ("/a\ud800/{slug}", "should be a field"),
        (f"/{'a' * 100}/{{slug}}", "has more than 100 characters"),
        *((f"/{word}/{{slug}}", "is reserved") for word in sorted(RESERVED)),
        ("/{slug}/comments", "is reserved"),
    ],
)
def test_the_error_about_a_pattern_says_why(pattern: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        Permalinks.parse(pattern)
    assert refused.value.field == "permalink"
    assert reason in refused.value.reason
