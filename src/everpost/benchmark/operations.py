"""The operations that are measured: the most frequent requests of readers and writers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from everpost.benchmark.blog import Size, post_id, slug, text
from everpost.benchmark.client import Application, Request, ask, json_request

_CONDITIONAL_POSTS = 100
"""Posts for the conditional reads, whose ETags are fetched in advance."""


@dataclass(frozen=True, slots=True)
class LoadedBlog:
    """The parts of a loaded blog that a client has to know."""

    size: Size
    secret: str
    """The token of its author."""
    tags: Sequence[tuple[str, str]]
    """The paths and ETags of some posts."""


Ask: TypeAlias = Callable[[Random, LoadedBlog], Request]


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request. The same `Random` generates the same requests for every database."""

    name: str
    ask: Ask
    writes: bool = False


async def fetch_loaded_blog(application: Application, size: Size, secret: str) -> LoadedBlog:
    """Fetch what the operations have to know. Raises WrongAnswer."""
    tags = []
    for number in range(0, size.posts, max(1, size.posts // _CONDITIONAL_POSTS)):
        request = Request("GET", f"/posts/{post_id(number)}", expected=200)
        tags.append((request.path, (await ask(application, request)).headers["etag"]))
    return LoadedBlog(size, secret, tags)


def _path(random: Random, loaded: LoadedBlog) -> str:
    """The path of a random post."""
    return f"/posts/{post_id(random.randrange(loaded.size.posts))}"


def _one_post(random: Random, loaded: LoadedBlog) -> Request:
    return Request("GET", _path(random, loaded), expected=200)


def _list_of_10(_random: Random, _loaded: LoadedBlog) -> Request:
    return Request("GET", "/posts", expected=200, query="limit=10")


def _page_of_comments(random: Random, loaded: LoadedBlog) -> Request:
    return Request("GET", f"{_path(random, loaded)}/comments", expected=200, query="limit=10")


def _unchanged_post(random: Random, loaded: LoadedBlog) -> Request:
    path, tag = random.choice(loaded.tags)
    return Request("GET", path, expected=304, headers={"if-none-match": tag})


def _post_by_slug(random: Random, loaded: LoadedBlog) -> Request:
    return Request("GET", "/posts", expected=200, query=f"slug={slug(random.randrange(loaded.size.posts))}")


def _new_comment(random: Random, loaded: LoadedBlog) -> Request:
    content = {"content": text(random, 100, 300)}
    return json_request("POST", f"{_path(random, loaded)}/comments", 201, content, secret=loaded.secret)


def _new_post(random: Random, loaded: LoadedBlog) -> Request:
    content = {"title": f"The story of {random.getrandbits(64):x}", "content": text(random, 500, 2_000)}
    return json_request("POST", "/posts", 201, content, secret=loaded.secret)


def _changed_post(random: Random, loaded: LoadedBlog) -> Request:
    content = {"content": text(random, 500, 2_000)}
    return json_request("PATCH", _path(random, loaded), 200, content, secret=loaded.secret)


OPERATIONS = (
    Operation("one post", _one_post),
    Operation("a list of 10 posts", _list_of_10),
    Operation("a page of comments", _page_of_comments),
    Operation("a post that has not changed (304)", _unchanged_post),
    Operation("a post by its slug", _post_by_slug),
    Operation("add a comment", _new_comment, writes=True),
    Operation("create a post", _new_post, writes=True),
    Operation("change a post", _changed_post, writes=True),
)
"""Writes come last: the amount of data that they create depends on the speed of the database."""
