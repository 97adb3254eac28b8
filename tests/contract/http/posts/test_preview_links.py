"""Creating and revoking links to previews."""

import re
from datetime import datetime, timedelta

import httpx
import pytest

from everpost.domain.clock import now
from tests.contract.http.calls import assert_problem, etag, publish, read_post

DAY = 86_400
BASE = "https://blog.example/~ann"


async def test_a_link_has_the_base_url_and_expires_after_a_week(client: httpx.AsyncClient) -> None:
    await client.patch("/settings", json={"base_url": BASE})
    post = await publish(client, status="draft")
    for sent, days in (({}, 7), ({"expires_in": DAY}, 1), ({"expires_in": 30 * DAY}, 30)):
        before = now()
        answer = await client.post(f"/posts/{post['id']}/preview", json=sent)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.json().keys() == {"url", "expires_at"}
        expires_at = datetime.fromisoformat(answer.json()["expires_at"])
        expected = before + timedelta(days=days)
        assert expected - timedelta(seconds=1) < expires_at <= now() + timedelta(days=days)
        until = int(expires_at.timestamp())
        link = rf"{BASE}/preview/{post['id']}\?until={until}&signature=[\w-]{{43}}"
        assert re.fullmatch(link, answer.json()["url"])


async def test_an_invalid_lifetime_is_refused(client: httpx.AsyncClient, subtests: pytest.Subtests) -> None:
    await client.patch("/settings", json={"base_url": BASE})
    post = await publish(client)
    for bad in (0, -1, 30 * DAY + 1, 1.5, "1", None):
        with subtests.test(expires_in=bad):
            answer = await client.post(f"/posts/{post['id']}/preview", json={"expires_in": bad})
            assert_problem(answer, 422, "expires_in")


async def test_without_pages_there_is_no_link(client: httpx.AsyncClient) -> None:
    post = await publish(client)
    answer = await client.post(f"/posts/{post['id']}/preview", json={})
    assert_problem(answer, 409, "base_url")
    assert (await client.delete(f"/posts/{post['id']}/preview")).status_code == 204


async def test_links_do_not_change_the_post(client: httpx.AsyncClient) -> None:
    """So a link causes no conflict for someone who is editing the post."""
    await client.patch("/settings", json={"base_url": BASE})
    post = await publish(client, status="draft")
    path = f"/posts/{post['id']}"
    before = await etag(client, path)
    await client.post(f"{path}/preview", json={})
    await client.delete(f"{path}/preview")
    assert await etag(client, path) == before
    assert await read_post(client, post["id"]) == post
