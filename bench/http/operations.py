"""What is measured: each operation as the request that is sent."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.blogs import COMMENT_LENGTH, POST_LENGTH
from bench.http.blog import EMAIL, GUEST, PASSWORD, POSTS
from bench.http.driving import CONNECTIONS, Request

EVERPOST, REFERENCE, TUTORIAL, LIMIT = "everpost", "reference", "tutorial", "limit"
"""The reference is Everpost on plain SQLAlchemy; it shows what calling the drivers directly gains."""

HOT = 0
"""The place of the one post that is read."""
CHANGED = POSTS - 1
"""The place of the post that is changed: in no list."""
LONG_AGO = "2000-01-01T00:00:00Z"
"""The date of what is created: behind everything that lists show, so that these stay as they are."""
_JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class Target:
    """What a request needs to know of who is asked.

    `ids` are those of the blog's posts, by their places; `etag` is that of the one post; `secret` is a
    token of the author. Only Everpost has the last two.
    """

    ids: Sequence[str]
    threads: Mapping[int, Sequence[int]]
    secret: str = field(default="", repr=False)
    etag: str = ""

    @property
    def authorization(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}"} if self.secret else {}


@dataclass(frozen=True)
class Operation:
    """One operation, on whom it is measured, with how many connections; `thread` is the size of the thread
    that it needs.
    """

    name: str
    title: str
    request: Callable[[Target, int], Request]
    """Of a target and the number of the round."""
    subjects: frozenset[str] = frozenset({EVERPOST})
    thread: int | None = None
    connections: int = CONNECTIONS


def _get(path: str, headers: Mapping[str, str] | None = None, *, status: int = 200) -> Request:
    return Request("GET", [path], status, headers or {})


def _one_post(target: Target, _round: int) -> Request:
    return _get(f"/posts/{target.ids[HOT]}")


def _not_modified(target: Target, _round: int) -> Request:
    return _get(f"/posts/{target.ids[HOT]}", {"if-none-match": target.etag}, status=304)


def _authorised(target: Target, _round: int) -> Request:
    return _get(f"/posts/{target.ids[HOT]}", target.authorization)


def _list(limit: int) -> Callable[[Target, int], Request]:
    return lambda _target, _round: _get(f"/posts?limit={limit}")


def _page_of_comments(target: Target, _round: int) -> Request:
    return _get(f"/posts/{target.ids[target.threads[1_000][0]]}/comments")


def _add_comment(size: int) -> Callable[[Target, int], Request]:
    """Each round has a thread of its own, which begins at this size."""

    def request(target: Target, number: int) -> Request:
        post_id = target.ids[target.threads[size][number % len(target.threads[size])]]
        body = json.dumps({"content": "z" * COMMENT_LENGTH})
        return Request("POST", [f"/posts/{post_id}/comments"], 201, target.authorization | _JSON, body)

    return request


def _add_as_guest(target: Target, number: int) -> Request:
    post_id = target.ids[target.threads[10][number % len(target.threads[10])]]
    body = json.dumps({"content": "z" * COMMENT_LENGTH, "name": GUEST})
    return Request("POST", [f"/posts/{post_id}/comments"], 201, _JSON, body)


def _create(target: Target, _round: int) -> Request:
    post = {"title": "Created {unique}", "content": "x" * POST_LENGTH}
    dated = {"publication_date": LONG_AGO} if target.secret else {}
    return Request("POST", ["/posts"], 201, target.authorization | _JSON, json.dumps(post | dated))


def _change(target: Target, _round: int) -> Request:
    body = json.dumps({"title": "Changed {unique}"})
    return Request("PATCH", [f"/posts/{target.ids[CHANGED]}"], 200, target.authorization | _JSON, body)


def _login(_target: Target, _round: int) -> Request:
    body = urlencode({"username": EMAIL, "password": PASSWORD})
    return Request("POST", ["/login"], 200, {"content-type": "application/x-www-form-urlencoded"}, body)


_ALL = frozenset({EVERPOST, REFERENCE, TUTORIAL})
_BOTH = frozenset({EVERPOST, TUTORIAL})
_READ_BY_ALL = _ALL | {LIMIT}

OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("one-post", "one post", _one_post, _READ_BY_ALL),
        Operation("list-10", "a list of 10", _list(10), _READ_BY_ALL),
        Operation("list-100", "a list of 100", _list(100)),
        Operation("comments", "a page of comments", _page_of_comments, thread=1_000),
        Operation("not-modified", "304 on one post", _not_modified, frozenset({EVERPOST, LIMIT})),
        Operation("authorised", "one post, with a token", _authorised),
        Operation("add-10", "add a comment to a thread of 10", _add_comment(10), _ALL, thread=10),
        Operation(
            "add-1000",
            "add a comment to a thread of 1,000",
            _add_comment(1_000),
            _BOTH,
            thread=1_000,
        ),
        Operation("add-10000", "add a comment to a thread of 10,000", _add_comment(10_000), thread=10_000),
        Operation("add-as-guest", "add a comment as a guest, thread of 10", _add_as_guest, thread=10),
        Operation("create", "create a post", _create, _ALL),
        Operation("change", "change a post", _change),
        # A password takes a processor a quarter of a second, as it must: more connections would only wait.
        Operation("login", "log in, 4 connections", _login, connections=4),
    )
}
