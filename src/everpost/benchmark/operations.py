"""What is asked of each database: the requests that readers and writers of a blog send most."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from everpost.benchmark.blog import Size, post_id, slug, text
from everpost.benchmark.client import Application, Request, ask, json_request

_TAGGED_POSTS = 100
"""How many posts the conditional reads are about: their tags have to be known before."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a client knows of a blog that is loaded."""

    size: Size
    secret: str
    """The token of its author."""
    tags: Sequence[tuple[str, str]]
    """The paths of some posts, and their entity tags."""


Ask: TypeAlias = Callable[[Random, Loaded], Request]


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request; the same `Random` asks the same, whichever the database."""

    name: str
    ask: Ask
    writes: bool = False


async def learn(application: Application, size: Size, secret: str) -> Loaded:
    """Find out what the operations have to know. WrongAnswer."""
    tags = []
    for number in range(0, size.posts, max(1, size.posts // _TAGGED_POSTS)):
        request = Request("GET", f"/posts/{post_id(number)}", right=200)
        tags.append((request.path, (await ask(application, request)).headers["etag"]))
    return Loaded(size, secret, tags)


def _path(random: Random, loaded: Loaded) -> str:
    """The path of any post."""
    return f"/posts/{post_id(random.randrange(loaded.size.posts))}"


def _one_post(random: Random, loaded: Loaded) -> Request:
    return Request("GET", _path(random, loaded), right=200)


def _list_of_10(_random: Random, _loaded: Loaded) -> Request:
    return Request("GET", "/posts", right=200, query="limit=10")


def _page_of_comments(random: Random, loaded: Loaded) -> Request:
    return Request("GET", f"{_path(random, loaded)}/comments", right=200, query="limit=10")


def _unchanged_post(random: Random, loaded: Loaded) -> Request:
    path, tag = random.choice(loaded.tags)
    return Request("GET", path, right=304, headers={"if-none-match": tag})


def _post_by_slug(random: Random, loaded: Loaded) -> Request:
    return Request("GET", "/posts", right=200, query=f"slug={slug(random.randrange(loaded.size.posts))}")


def _new_comment(random: Random, loaded: Loaded) -> Request:
    content = {"content": text(random, 100, 300)}
    return json_request("POST", f"{_path(random, loaded)}/comments", 201, content, secret=loaded.secret)


def _new_post(random: Random, loaded: Loaded) -> Request:
    content = {"title": f"What came of {random.getrandbits(64):x}", "content": text(random, 500, 2_000)}
    return json_request("POST", "/posts", 201, content, secret=loaded.secret)


def _changed_post(random: Random, loaded: Loaded) -> Request:
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
"""Those that write come last: what they leave behind depends on how fast a database is."""
