"""The bytes of files, at `/media` of the whole blog: for readers, and for writers who are signed in."""

from datetime import timedelta

import httpx
import pytest

from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.tokens import ROLE_SCOPES, Token, TokenKind, digest, new_secret
from everpost.domain.posts import PostStatus
from everpost.stores.port import Store
from tests.contract.http.media.files import picture
from tests.contract.http.media.stored import add_file
from tests.contract.http.people import PEOPLE, headers_of
from tests.contract.pages.conftest import ANN, Site
from tests.contract.port.examples import publish

CONTENT = picture()


async def sign_in(store: Store, **fields: timedelta) -> dict[str, str]:
    """The cookie of a new session of Ann's."""
    secret, user = new_secret(), PEOPLE["author"].user
    token = Token(
        id=new_id(),
        user_id=user.id,
        name="A session",
        scopes=ROLE_SCOPES[user.role],
        digest=digest(secret),
        created_at=now(),
        expires_at=now() + fields.get("lifetime", timedelta(hours=1)),
        kind=TokenKind.LOGIN,
    )
    await store.tokens.add(token)
    return {"cookie": f"everpost={secret}"}


async def test_readers_see_files_of_public_posts_only(site: Site) -> None:
    file = await add_file(site.store, CONTENT)
    await publish(site.store, content=f"![]({file.path})", author=ANN, status=PostStatus.DRAFT)
    answer = await site.get(file.path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    await publish(site.store, slug="shown", cover=file.path, author=ANN)
    answer = await site.get(file.path)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "vary" not in answer.headers
    assert (await site.get(f"/api{file.path}")).content == CONTENT
    assert (await site.get(file.path, range="bytes=1-2")).content == CONTENT[1:3]


async def test_writers_see_files_of_drafts(site: Site) -> None:
    file = await add_file(site.store, CONTENT)
    for headers in (await sign_in(site.store), headers_of("author")):
        answer = await site.get(file.path, **headers)
        assert (answer.status_code, answer.content) == (200, CONTENT)
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    ended = await sign_in(site.store, lifetime=-timedelta(seconds=1))
    assert (await site.get(file.path, **ended)).status_code == 404
    assert (await site.get(file.path, cookie="everpost=x")).status_code == 404
    assert (await site.get(file.path, authorization="Bearer x")).status_code == 401


@pytest.mark.parametrize("path", ["/media", "/media/", "/media/x", "/media/x/y", "/media/x/y/z"])
@pytest.mark.long_but_on("sqlite")
async def test_other_paths_are_not_found(site: Site, path: str) -> None:
    assert (await site.get(path)).status_code == 404


@pytest.mark.long_but_on("sqlite")
async def test_a_blog_below_a_path_has_its_files_there(site: Site) -> None:
    transport = httpx.ASGITransport(site.app, root_path="/blog")
    async with httpx.AsyncClient(
        transport=transport, base_url="http://blog.example/blog", headers=headers_of("author")
    ) as client:
        file = (await client.post("/api/media", content=CONTENT)).json()
        assert file["url"].startswith("/blog/media/")
        assert (await client.get(file["url"].removeprefix("/blog"))).content == CONTENT
        post = {"title": "A", "content": "", "cover": file["url"]}
        made = (await client.post("/api/posts", json=post)).json()
        assert made["cover"] == file["url"].removeprefix("/blog")
        uses = (await client.get(f"/api/media/{file['id']}/uses")).json()
        assert [use["post_id"] for use in uses] == [made["id"]]
