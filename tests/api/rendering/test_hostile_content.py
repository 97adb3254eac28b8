"""Content that takes very long to render does not delay other requests."""

import asyncio
import sys

import pytest

from everpost.domain.people.users import Role
from everpost.markup.fallback import plain_post
from tests.api.conftest import Site

HOSTILE = "*a " * 300_000
"""Emphasis that is never closed: it would take more than the two seconds of CPU that it may use."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit CPU time")
async def test_other_requests_go_on_while_hostile_content_is_rendered(site: Site) -> None:
    admin = await site.showing(await site.user(Role.ADMIN))
    hostile, other = [
        (await site.client.post("/posts", json={"title": "T", "content": content}, headers=admin)).json()
        for content in (HOSTILE, "*b*")
    ]
    waiting = asyncio.create_task(site.client.get(f"/posts/{hostile['id']}?include=html"))
    await asyncio.sleep(0)
    rendered = await site.client.get(f"/posts/{other['id']}?include=html")
    assert rendered.json()["html"] == "<p><em>b</em></p>\n"
    for path in ("/health/live", "/posts?fields=title", f"/posts/{other['id']}"):
        assert (await site.client.get(path)).status_code == 200
    assert not waiting.done()
    assert (await waiting).json()["html"] == plain_post(HOSTILE).html
