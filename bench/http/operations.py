"""The operations that are measured, each as a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.http.blog import COMMENT_LENGTH, PASSWORD, POST_LENGTH, POSTS
from bench.http.wrk import CONNECTIONS
from everpost.benchmark.blog import EMAIL, GUEST
from everpost.benchmark.client import Request, json_request

EVERPOST, REFERENCE, TUTORIAL, LIMIT = "everpost", "reference", "tutorial", "limit"
"""The reference is Everpost on plain SQLAlchemy; it shows what calling the drivers directly gains."""

HOT = 0
"""The place of the one post that is read."""
CHANGED = POSTS - 1
"""The place of the post that is changed: in no list."""
LONG_AGO = "1999-01-01T00:00:00Z"
"""The date of what is created: behind everything that lists show, so that these stay as they are."""

_AS_BROWSERS = {"accept-encoding": "gzip"}
"""A header that every browser sends."""


@dataclass(frozen=True)
class Target:
    """The properties of a subject that a request depends on.

    `ids` are those of the blog's posts, by their places; `api` is the path of its API; `slug` and `etag` are
    those of the one post; `secret` is a token of the author. Only Everpost has the last four.
    """

    ids: Sequence[str]
    threads: Mapping[int, Sequence[int]]
    api: str = ""
    slug: str = ""
    secret: str = field(default="", repr=False)
    etag: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation, the subjects that it is measured on, and the number of connections; `thread` is the size
    of the thread that it needs.
    """

    name: str
    title: str
    request: Callable[[Target, int], Request]
    """Of a target and the number of the round."""
    subjects: frozenset[str] = frozenset({EVERPOST})
    thread: int | None = None
    connections: int = CONNECTIONS


def _one_post(target: Target, _round: int) -> Request:
    return Request("GET", f"{target.api}/posts/{target.ids[HOT]}", 200)


def _not_modified(target: Target, _round: int) -> Request:
    return Request(
        "GET", f"{target.api}/posts/{target.ids[HOT]}", 304, headers={"if-none-match": target.etag}
    )


def _authorised(target: Target, _round: int) -> Request:
    headers = {"authorization": f"Bearer {target.secret}"}
    return Request("GET", f"{target.api}/posts/{target.ids[HOT]}", 200, headers=headers)


def _list(limit: int) -> Callable[[Target, int], Request]:
    return lambda target, _round: Request("GET", f"{target.api}/posts", 200, query=f"limit={limit}")


def _post_page(target: Target, _round: int) -> Request:
    return Request("GET", f"/{target.slug}", 200, headers=_AS_BROWSERS)


def _home_page(_target: Target, _round: int) -> Request:
    return Request("GET", "/", 200, headers=_AS_BROWSERS)


def _page_of_comments(target: Target, _round: int) -> Request:
    return Request("GET", f"{target.api}/posts/{target.ids[target.threads[1_000][0]]}/comments", 200)


def _comments_of(target: Target, size: int, number: int) -> str:
    """The path of the thread of a round: each round has its own, which has this size at the beginning."""
    post_id = target.ids[target.threads[size][number % len(target.threads[size])]]
    return f"{target.api}/posts/{post_id}/comments"


def _add_comment(size: int) -> Callable[[Target, int], Request]:
    content = {"content": "z" * COMMENT_LENGTH}
    return lambda target, number: json_request(
        "POST", _comments_of(target, size, number), 201, content, secret=target.secret
    )


def _add_as_guest(target: Target, number: int) -> Request:
    content = {"content": "z" * COMMENT_LENGTH, "name": GUEST}
    return json_request("POST", _comments_of(target, 10, number), 201, content)


def _create(target: Target, _round: int) -> Request:
    post = {"title": "Created {unique}", "content": "x" * POST_LENGTH}
    dated = {"publication_date": LONG_AGO} if target.secret else {}
    return json_request("POST", f"{target.api}/posts", 201, post | dated, secret=target.secret)


def _change(target: Target, _round: int) -> Request:
    path = f"{target.api}/posts/{target.ids[CHANGED]}"
    return json_request("PATCH", path, 200, {"title": "Changed {unique}"}, secret=target.secret)


def _login(target: Target, _round: int) -> Request:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    form = urlencode({"username": EMAIL, "password": PASSWORD})
    return Request("POST", f"{target.api}/login", 200, headers=headers, body=form.encode())


_ALL = frozenset({EVERPOST, REFERENCE, TUTORIAL})
_BOTH = frozenset({EVERPOST, TUTORIAL})
_ANSWERED = frozenset({EVERPOST, LIMIT})
_READ_BY_ALL = _ALL | {LIMIT}

OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("one-post", "one post", _one_post, _READ_BY_ALL),
        Operation("list-10", "a list of 10", _list(10), _READ_BY_ALL),
        Operation("list-100", "a list of 100", _list(100)),
        Operation("post-page", "the page of one post", _post_page, _ANSWERED),
        Operation("home-page", "the home page", _home_page, _ANSWERED),
        Operation("comments", "a page of comments", _page_of_comments, thread=1_000),
        Operation("not-modified", "304 on one post", _not_modified, _ANSWERED),
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
