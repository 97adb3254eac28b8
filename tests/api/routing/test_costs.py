"""The cost of a hostile request on the event loop grows no faster than its size.

The steps in Python are counted. Code in C takes none; only a catastrophe there is noticed, by its CPU time.
"""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from everpost.api.http.request_bodies import KIBIBYTE
from everpost.domain.people.users import Role
from tests.api.asgi import Answer, Headers, ask
from tests.api.conftest import Site, Sites
from tests.steps import counted

POST = "0123456789abcdef01234567"
ONE, COMMENTS = f"/posts/{POST}", f"/posts/{POST}/comments"
JSON = (b"content-type", b"application/json")
FORM = (b"content-type", b"application/x-www-form-urlencoded")
GROWTH = 4
NOISE = 200
"""Steps that do not depend on the size, such as those of timers and caches."""
CATASTROPHE = 2.0
"""Seconds of CPU: forty times what is promised, which no machine needs however busy it is."""
LARGEST_ANSWER = 64 * KIBIBYTE


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""


Build = Callable[[int], Request]
"""Of the bytes that the hostile part has."""


def filled(pattern: bytes, size: int) -> bytes:
    """The pattern repeated up to this many bytes."""
    return (pattern * (size // len(pattern) + 1))[:size]


def header(name: bytes, pattern: bytes, *, start: bytes = b"", method: str = "GET", path: str = ONE) -> Build:
    def build(size: int) -> Request:
        usual = [] if method == "GET" or name == b"content-type" else [FORM if path == "/login" else JSON]
        body = b"" if method == "GET" else b"{}"
        return Request(method, path, [*usual, (name, start + filled(pattern, size))], body)

    return build


def target(start: str, pattern: str) -> Build:
    return lambda size: Request("GET", start + pattern * (size // len(pattern)))


def comment(start: bytes, pattern: bytes, end: bytes = b"") -> Build:
    """A body that consists of whole patterns: truncated ones are another case."""
    return lambda size: Request("POST", COMMENTS, [JSON], start + pattern * (size // len(pattern)) + end)


def form(start: bytes, pattern: bytes) -> Build:
    return lambda size: Request("POST", "/login", [FORM], start + pattern * (size // len(pattern)))


def unique_keys(size: int) -> Request:
    pairs = ",".join(f'"{number:x}":0' for number in range(size // 9))
    return Request("POST", COMMENTS, [JSON], f'{{"content":"C",{pairs}}}'.encode())


def many_headers(size: int) -> Request:
    return Request("GET", ONE, [(b"x-%d" % number, b"v" * 20) for number in range(size // 30)])


CHAIN = b"[" * 98 + b"]" * 98 + b","
HEADERS = 28 * KIBIBYTE
"""As many bytes as are looked at; more are refused unseen."""
SENT = 300 * KIBIBYTE
COMMENT = 120 * KIBIBYTE
FORM_SIZE = 15 * KIBIBYTE
TARGET = 15 * KIBIBYTE
TEXT = 20_000
CASES: dict[str, tuple[int, Build]] = {
    "Content-Type, quoted": (
        SENT,
        header(b"content-type", b";", start=b'application/json;"', method="POST", path=COMMENTS),
    ),
    "Content-Type, looked at": (
        HEADERS,
        header(b"content-type", b";", start=b'application/json;"', method="POST", path=COMMENTS),
    ),
    "Content-Type, parameters": (
        HEADERS,
        header(b"content-type", b";a=b", start=b"application/json", method="POST", path=COMMENTS),
    ),
    "Content-Type, login": (
        HEADERS,
        header(b"content-type", b";", start=b'a/b;"', method="POST", path="/login"),
    ),
    "Content-Length": (HEADERS, header(b"content-length", b"9", method="POST", path=COMMENTS)),
    "If-None-Match, tags": (HEADERS, header(b"if-none-match", b'"1-0",')),
    "If-None-Match, quotes": (HEADERS, header(b"if-none-match", b'"')),
    "If-None-Match, weak": (HEADERS, header(b"if-none-match", b'W/"')),
    "If-None-Match, unclosed": (HEADERS, header(b"if-none-match", b"x", start=b'"')),
    "If-None-Match, too much": (SENT, header(b"if-none-match", b'"1-0",')),
    "Authorization, blanks": (HEADERS, header(b"authorization", b" ", start=b"Bearer")),
    "Authorization, long": (HEADERS, header(b"authorization", b"x", start=b"Bearer evp_")),
    "X-Forwarded-For": (HEADERS, header(b"x-forwarded-for", b",", method="POST", path="/login")),
    "X-Edit-Key": (HEADERS, header(b"x-edit-key", b"k", path=f"{COMMENTS}/{POST}")),
    "Origin": (HEADERS, header(b"origin", b"https://a.")),
    "Accept": (HEADERS, header(b"accept", b"*/*;q=0.1,")),
    "Cookie": (HEADERS, header(b"cookie", b"a=b; ")),
    "many headers": (SENT, many_headers),
    "path, slashes": (TARGET, target("/", "a/")),
    "path, segment": (TARGET, target("/posts/", "f")),
    "path, too much": (SENT, target("/posts/", "a/")),
    "query, names": (TARGET, target("/posts?", "a&")),
    "query, tags": (TARGET, target("/posts?", "tag=a&")),
    "query, escapes": (TARGET, target("/posts?tag=", "%C3%A9")),
    "query, combining marks": (TARGET, target("/posts?slug=", "%CC%95%CC%A7")),
    "query, cursor": (TARGET, target("/posts?after=", "AAAA")),
    "query, digits": (TARGET, target("/posts?limit=", "9")),
    "query, too much": (SENT, target("/posts?", "a&")),
    "JSON, chains": (COMMENT, comment(b'{"content":"C","x":[', CHAIN, b"0]}")),
    "JSON, chains of objects": (COMMENT, comment(b"[", b'{"a":' * 98 + b"0" + b"}" * 98 + b",", b"0]")),
    "JSON, brackets": (COMMENT, comment(b"", b"[")),
    "JSON, empty arrays": (COMMENT, comment(b'{"content":[', b"[],", b"0]}")),
    "JSON, keys": (COMMENT, unique_keys),
    "JSON, one key again": (COMMENT, comment(b'{"content":"C"', b',"content":0', b"}")),
    "JSON, integers": (COMMENT, comment(b'{"content":[', b"9" * 4_000 + b",", b"0]}")),
    "JSON, one integer": (COMMENT, comment(b'{"content":', b"9", b"}")),
    "JSON, one float": (COMMENT, comment(b'{"content":0.', b"9", b"}")),
    "JSON, floats": (COMMENT, comment(b'{"content":[', b"1e-300,", b"0]}")),
    "JSON, escapes": (COMMENT, comment(b'{"content":"', b"\\u0041", b'"}')),
    "JSON, unclosed quotes": (COMMENT, comment(b"[" * 101 + b'"', b'\\"')),
    "JSON, blanks": (COMMENT, comment(b"{", b" ", b"}")),
    "comment, links": (TEXT, comment(b'{"name":"N","content":"', b"http://www.", b'"}')),
    "comment, slashes": (TEXT, comment(b'{"name":"N","content":"', b"h://", b'"}')),
    "comment, markup": (TEXT, comment(b'{"name":"N","content":"', b"[x](<a ", b'"}')),
    "comment, entities": (TEXT, comment(b'{"name":"N","content":"', b"&#104;", b'"}')),
    "comment, combining marks": (
        2 * TEXT - 100,
        comment(b'{"name":"N","content":"a', "\u0315\u0327".encode(), b'"}'),
    ),
    "comment, invisible": (3 * TEXT - 100, comment(b'{"name":"N","content":"a', "\u200b".encode(), b'"}')),
    "comment, ligatures": (3 * TEXT - 100, comment(b'{"name":"N","content":"a', "\ufdfa".encode(), b'"}')),
    "comment, name": (COMMENT, comment(b'{"content":"C","name":"a', "\u0315\u0327".encode(), b'"}')),
    "form, fields": (FORM_SIZE, form(b"", b"a=b&")),
    "form, separators": (FORM_SIZE, form(b"", b"&")),
    "form, escapes": (FORM_SIZE, form(b"username=", b"%C3%A9")),
    "form, blanks": (FORM_SIZE, form(b"username=a&password=", b"+")),
    "form, scopes": (FORM_SIZE, form(b"username=a%40b.example&password=b&scope=", b"admin+")),
    "form, address": (FORM_SIZE, form(b"password=b&username=", b"a%40")),
}


@pytest.fixture(scope="module")
async def blog(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A blog with a post that accepts comments from everyone, behind a proxy."""
    async with AsyncExitStack() as opened:
        sites = Sites(f"sqlite:///{tmp_path_factory.mktemp('costs')}/blog.db", opened)
        site = await sites.open(
            proxies=1,
            failed_logins_per_hour=1,
            guest_comments_per_address=1_000_000,
            guest_comments_per_post=1_000_000,
            cors_origins=("https://blog.example",),
        )
        post = {"id": POST, "title": "Title", "content": "", "comment_policy": "open"}
        token = await site.showing(await site.user(Role.ADMIN))
        await site.client.post("/posts", json=post, headers=token)
        yield site


async def respond(site: Site, request: Request) -> Answer:
    return await ask(site.app, request.method, request.target, headers=request.headers, body=request.body)


async def steps_of(site: Site, request: Request) -> int:
    """The steps that the event loop takes for the request."""
    with counted() as steps:
        await respond(site, request)
    return steps.count


@pytest.mark.parametrize("case", CASES)
async def test_a_request_costs_no_more_than_in_proportion_to_its_size(blog: Site, case: str) -> None:
    size, build = CASES[case]
    large = build(size)
    began = time.thread_time()
    answer = await respond(blog, large)
    assert time.thread_time() - began < CATASTROPHE
    assert answer.status < 500
    assert len(answer.body) <= LARGEST_ANSWER
    small = build(size // GROWTH)
    await respond(blog, small)
    assert await steps_of(blog, large) <= GROWTH * await steps_of(blog, small) + NOISE


def test_the_steps_of_a_quadratic_cost_grow_faster() -> None:
    counts = []
    for size in (100, 100 * GROWTH):
        with counted() as steps:
            for start in range(size):
                sum(1 for _ in range(start))
        counts.append(steps.count)
    small, large = counts
    assert large > 2 * GROWTH * small + NOISE
