"""When request bodies are read, and their limits on size and time."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from everpost.api.http.request_bodies import KIBIBYTE
from everpost.domain.people.users import Role
from tests.api.asgi import ask
from tests.api.conftest import Site, Sites

NOBODY = "f" * 24
JSON = [(b"content-type", b"application/json")]
FORM = [(b"content-type", b"application/x-www-form-urlencoded")]
COMMENTS = f"/posts/{NOBODY}/comments"
WITH_A_TOKEN = [
    ("POST", "/posts"),
    ("PATCH", f"/posts/{NOBODY}"),
    ("POST", "/comments/decisions"),
    ("POST", "/users"),
    ("PATCH", "/users/me"),
    ("PATCH", f"/users/{NOBODY}"),
    ("POST", "/tokens"),
    ("PATCH", "/settings"),
]
WITHOUT = [("POST", COMMENTS), ("PATCH", f"{COMMENTS}/{NOBODY}")]
BAD_TOKENS = [b"Bearer evp_nothing", b"Bearer", b"Basic x", b""]


async def endless() -> AsyncIterator[bytes]:
    """A body that never arrives."""
    await asyncio.Event().wait()
    yield b""


async def trickling() -> AsyncIterator[bytes]:
    """A body that never ends, but keeps making progress."""
    while True:
        yield b""
        await asyncio.sleep(0)


@pytest.mark.parametrize(("method", "path"), WITH_A_TOKEN)
async def test_without_a_required_token_the_body_is_not_read(site: Site, method: str, path: str) -> None:
    for tokens in ([], *([(b"authorization", bad)] for bad in BAD_TOKENS)):
        answer = await ask(site.app, method, path, headers=[*JSON, *tokens], body=endless())
        assert (answer.status, answer.read) == (401, 0)


@pytest.mark.parametrize(("method", "path"), WITHOUT)
async def test_an_invalid_token_is_refused_before_the_body_even_if_optional(
    site: Site, method: str, path: str
) -> None:
    for bad in BAD_TOKENS:
        headers = [*JSON, (b"authorization", bad)]
        answer = await ask(site.app, method, path, headers=headers, body=endless())
        assert (answer.status, answer.read) == (401, 0)


async def test_an_undeclared_body_is_not_read(site: Site) -> None:
    for method, path, status in [
        ("GET", "/posts", 200),
        ("DELETE", f"/posts/{NOBODY}", 401),
        ("POST", "/nothing", 404),
        ("PUT", "/posts", 405),
        ("POST", "/docs", 405),
    ]:
        answer = await ask(site.app, method, path, headers=JSON, body=endless())
        assert (answer.status, answer.read) == (status, 0), path


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/posts", 2048),
        ("PATCH", f"/posts/{NOBODY}", 2048),
        ("POST", COMMENTS, 128),
        ("PATCH", f"{COMMENTS}/{NOBODY}", 128),
        ("POST", "/comments/decisions", 64),
        ("POST", "/users", 64),
        ("PATCH", "/settings", 64),
        ("POST", "/tokens", 64),
        ("POST", "/login", 16),
    ],
)
async def test_each_call_has_a_limit_of_its_own(site: Site, method: str, path: str, limit: int) -> None:
    token = await site.showing(await site.user(Role.ADMIN))
    headers = [
        *(FORM if path == "/login" else JSON),
        *((name.encode(), value.encode()) for name, value in token.items()),
    ]
    size = limit * KIBIBYTE
    full = await ask(site.app, method, path, headers=headers, body=b"[]".ljust(size))
    assert full.status not in (413, 500)
    more = await ask(site.app, method, path, headers=headers, body=b"[]".ljust(size + 1))
    assert more.status == 413
    said = await ask(
        site.app,
        method,
        path,
        headers=[*headers, (b"content-length", str(size + 1).encode())],
        body=endless(),
    )
    assert (said.status, said.read) == (413, 0)


@pytest.mark.parametrize("body", [endless, trickling])
@pytest.mark.parametrize("path", ["/login", COMMENTS])
async def test_an_endless_body_times_out(sites: Sites, path: str, body: object) -> None:
    site = await sites.open(body_timeout=0.05)
    headers = FORM if path == "/login" else JSON
    answer = await ask(site.app, "POST", path, headers=headers, body=body())  # type: ignore[operator]
    assert (answer.status, answer.headers["connection"]) == (408, "close")


@pytest.mark.parametrize("number", [20, 21, 60, 20_000])
@pytest.mark.parametrize("name", ["{}", "k" * 200 + "{}", "\U0001f600{}", "\\ud800{}"])
async def test_an_answer_lists_twenty_errors_and_counts_the_others(
    site: Site, number: int, name: str
) -> None:
    pairs = ",".join(f'"{name.format(each)}":0' for each in range(number))
    start = f'{{"content":"C","name":"N",{pairs},'.encode()[: 127 * KIBIBYTE]
    body = start.rpartition(b",")[0] + b"}"
    sent = body.count(b":0")
    answer = await ask(site.app, "POST", COMMENTS, headers=JSON, body=body)
    assert answer.status == 422
    errors = json.loads(answer.body)["errors"]
    if "ud800" not in name:
        rest = [f"{sent - 20:,} more errors are not listed"] if sent > 20 else []
        assert [error["detail"] for error in errors[20:]] == rest
    assert len(errors) <= 21
    assert len(answer.body) < 16 * KIBIBYTE
