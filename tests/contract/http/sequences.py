"""Sequences of calls, as hypothesis makes them, and how they are run against a blog.

Ids, dates and texts come from small sets, so that calls meet: the same id is created twice, a slug is
taken, rows tie. What only an answer can give, a tag or a link, is named by its place among those seen.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal, Self, TypeAlias
from urllib.parse import urlsplit

import httpx
from hypothesis import strategies as st

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Condition = Literal["first", "latest", "weak", "both", "any", "other"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `link`: to where the link leads that was seen so many links ago, instead of `path`.
    `walk`: and then to the next page, and the next, to the end.
    """

    method: str
    path: str
    body: dict[str, Json] | None = None
    condition: Condition | None = None
    link: int | None = None
    walk: bool = False


@dataclass(slots=True)
class Memory:
    """The tags and links that a client has seen."""

    tags: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: list[str] = field(default_factory=list)

    def remember(self, path: str, answer: httpx.Response) -> None:
        where = answer.headers.get("location", urlsplit(path).path)
        if "etag" in answer.headers:
            self.tags[where].append(answer.headers["etag"])
        if "next" in answer.links:
            self.links.append(answer.links["next"]["url"])

    def request(self, call: Call) -> tuple[str, dict[str, str]]:
        """The path and the headers of a call."""
        path = call.path
        if call.link is not None and self.links:
            path = self.links[-1 - call.link % len(self.links)]
        if call.condition is None:
            return path, {}
        name = "If-None-Match" if call.method == "GET" else "If-Match"
        seen = self.tags.get(urlsplit(path).path, ['"1-0"'])
        tags = {
            "first": seen[0],
            "latest": seen[-1],
            "weak": f"W/{seen[-1]}",
            "both": f"{seen[0]}, {seen[-1]}",
            "any": "*",
            "other": '"7-19b77cb8800", "x"',
        }
        return path, {name: tags[call.condition]}


class Long(str):
    """A text over and over, which hypothesis can show in short."""

    _shown: str

    def __new__(cls, text: str, times: int) -> Self:
        long = super().__new__(cls, text * times)
        long._shown = f"{text!r} * {times}"
        return long

    def __repr__(self) -> str:
        return self._shown


POSTS = [f"{number:024x}" for number in (0xA1, 0xA2, 0xA3, 0xF0F0)]
COMMENTS = [f"{number:024x}" for number in (0xA1, 0xC1, 0xC2, 0xC3, 0xC4, 0xC5)]


def mostly(good: list[Json], bad: list[Json]) -> st.SearchStrategy[Json]:
    """Values that are taken, and now and then one that is not."""
    return st.sampled_from(good * 6 + bad)


GOOD_DATES: list[Json] = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2026-01-01T00:00:00.0009Z",
    "2026-01-01T00:00:00.0019Z",
    "1969-12-31T23:59:59.999Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
]
"""The first three are one moment."""
TITLES: list[Json] = ["a", "A", "a ", "é", "e\u0301", Long("\U0001f30d", 255)]
CONTENTS: list[Json] = ["", "a", "é", "\ufffe\u2028", Long("a", 70_000)]
WORDS: list[Json] = ["a", "a ", "é", Long("\U0001f30d", 20_000)]
SLUGS: list[Json] = ["a", "A!", "á", "a\u0301", "aa", " b  b ", "Straße", "strasse", "İ", None]
TAGS: list[Json] = [[], ["a", "A", " a "], ["é", "e\u0301"], ["b", "a"], [Long("\U0001f30d", 50)]]

ids = st.sampled_from([POSTS[0], POSTS[0], POSTS[0], POSTS[1], POSTS[2], POSTS[3]])
comment_ids = st.sampled_from(COMMENTS)
dates = mostly(GOOD_DATES, ["2026-01-01T00:00:00"])
titles = mostly(TITLES, [Long("a", 256), "", "\x00", None])
contents = mostly(CONTENTS, ["\x00", 1])
words = mostly(WORDS, [Long("a", 20_001), "", None])
slugs = mostly(SLUGS, ["!"])
tags = mostly(TAGS, [[""], ["a"] * 21, None])
conditions: st.SearchStrategy[Condition | None] = st.sampled_from(
    [None, None, None, "latest", "latest", "first", "weak", "both", "any", "other"]
)

new_posts = st.fixed_dictionaries(
    {"id": ids, "title": titles, "content": contents},
    optional={"publication_date": dates, "slug": slugs, "tags": tags},
)
post_changes = st.fixed_dictionaries(
    {},
    optional={
        "title": titles,
        "content": contents,
        "publication_date": dates,
        "slug": slugs,
        "tags": tags,
    },
)
new_comments = st.fixed_dictionaries(
    {"id": comment_ids, "content": words},
    optional={"publication_date": dates, "parent_id": comment_ids | st.none()},
)
rewordings = st.fixed_dictionaries({}, optional={"content": words})

one_post = ids.map("/posts/{}".format)
one_thread = ids.map("/posts/{}/comments".format)
one_comment = st.builds("{}/{}".format, one_thread, comment_ids)
page_of_posts = st.builds(
    "/posts?limit={}&skip={}&comments={}&count={}".format,
    st.sampled_from([1, 1, 2, 2, 0, 100, 2**31]),
    st.sampled_from([0, 0, 1, 2**31 - 1]),
    st.sampled_from([10, 2, 1, 0]),
    st.sampled_from(["true", "false"]),
)
page_of_comments = st.builds("{}?limit={}".format, one_thread, st.sampled_from([1, 1, 2, 2, 0, 101, -1]))


Bodies: TypeAlias = st.SearchStrategy[dict[str, Json]] | st.SearchStrategy[None]
no_body = st.none()


def calls(method: str, paths: st.SearchStrategy[str], bodies: Bodies = no_body) -> st.SearchStrategy[Call]:
    """Calls of one kind, some of them conditional."""
    return st.builds(Call, st.just(method), paths, bodies, conditions)


create_post = calls("POST", st.just("/posts"), new_posts)
change_post = calls("PATCH", one_post, post_changes)
remove_post = calls("DELETE", one_post)
read_post = calls("GET", one_post | one_post.map("{}?comments=1".format))
list_posts = calls("GET", page_of_posts)
create_comment = calls("POST", one_thread, new_comments)
change_comment = calls("PATCH", one_comment, rewordings)
remove_comment = calls("DELETE", one_comment)
read_comment = calls("GET", one_comment)
list_comments = calls("GET", page_of_comments)
follow_link = st.builds(Call, st.just("GET"), st.just("/posts?limit=1"), link=st.integers(0, 3))

about_posts = [create_post, change_post, change_post, remove_post, read_post, list_posts, follow_link]
about_threads = [
    create_comment,
    change_comment,
    change_comment,
    remove_comment,
    remove_comment,
    read_comment,
    list_comments,
    follow_link,
]


def _post(number: int, date: Json) -> Call:
    body: dict[str, Json] = {"id": POSTS[number], "title": "T", "content": "C", "publication_date": date}
    return Call("POST", "/posts", body)


def _comment(number: int, date: Json) -> Call:
    body: dict[str, Json] = {"id": COMMENTS[number], "content": "C", "publication_date": date}
    return Call("POST", f"/posts/{POSTS[0]}/comments", body)


good_dates = st.sampled_from(GOOD_DATES)
some_posts = st.tuples(*(st.builds(_post, st.just(number), good_dates) for number in range(3))).map(list)
a_thread = st.tuples(
    st.just(_post(0, GOOD_DATES[0])),
    *(st.builds(_comment, st.just(number), good_dates) for number in range(5)),
).map(list)


def sequences(
    opening: st.SearchStrategy[list[Call]], *kinds: st.SearchStrategy[Call]
) -> st.SearchStrategy[list[Call]]:
    """An opening, and then calls of these kinds."""
    return st.builds(list.__add__, opening, st.lists(st.one_of(kinds), min_size=3, max_size=10))


CLOSING = [
    Call("GET", "/posts?limit=2&comments=10&count=true", walk=True),
    Call("GET", f"/posts/{POSTS[0]}/comments?limit=3", walk=True),
]
"""What is asked at the end of each sequence: every post with its comments, and a thread page by page."""
