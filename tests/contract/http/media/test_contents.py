"""The bytes of files: who may read them, and how: whole, in ranges, under conditions, as resized copies."""

import asyncio
from datetime import timedelta
from io import BytesIO

import httpx
import pytest
from PIL import Image

from everpost.api.schemas.text import format_timestamp
from everpost.domain.clock import now
from everpost.domain.media.copies import CopySize
from everpost.domain.posts import Audience, PostFilter
from everpost.services.media import resized_copies
from everpost.services.media.contents import read_parts
from everpost.services.media.resized_copies import ResizedCopies
from tests.conftest import POOL_SIZE
from tests.contract.http.calls import ask, assert_problem, publish, read
from tests.contract.http.conftest import Applications
from tests.contract.http.media.files import PDF, SVG, MediaJson, document, picture, upload
from tests.contract.http.people import Who
from tests.unit.media.pictures import saved

IMMUTABLE = "public, max-age=31536000, immutable"


async def publish_file(client: httpx.AsyncClient, content: bytes | None = None) -> MediaJson:
    """A file that a public post uses."""
    file = await upload(client, content)
    await publish(client, content=f"![]({file['url']})")
    return file


async def get(
    client: httpx.AsyncClient, path: str, *, by: Who = "nobody", method: str = "GET", **headers: str
) -> httpx.Response:
    """A request for bytes, by the public."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await ask(client, by, method, path, headers=sent)


async def test_a_public_file_is_sent_to_everybody_forever(client: httpx.AsyncClient) -> None:
    content = picture()
    file = await publish_file(client, content)
    response = await get(client, file["url"])
    assert response.status_code == 200
    assert response.content == content
    assert response.headers["content-type"] == "image/png"
    assert response.headers["content-length"] == str(len(content))
    assert response.headers["cache-control"] == IMMUTABLE
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["accept-ranges"] == "bytes"
    assert "content-disposition" not in response.headers
    head = await get(client, file["url"], method="HEAD", range="bytes=0-0")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(content))
    assert head.headers["etag"] == response.headers["etag"]
    again = await get(client, file["url"], if_none_match=response.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == IMMUTABLE
    other_name = await get(client, f"/media/{file['digest']}/anything%20else.html")
    assert (other_name.content, other_name.headers["content-type"]) == (content, "image/png")


async def test_a_file_is_public_while_a_public_post_uses_it(client: httpx.AsyncClient) -> None:
    file = await upload(client)
    assert_problem(await get(client, file["url"]), 404)
    ahead = format_timestamp(now() + timedelta(days=1))
    draft = await publish(client, content=f"![]({file['url']})", status="draft")
    scheduled = await publish(client, cover=file["url"], publication_date=ahead)
    assert_problem(await get(client, file["url"]), 404)
    for who in ("author", "other author", "editor", "admin"):
        response = await get(client, file["url"], by=who)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "private, no-store"
    for post, change in ((draft, {"status": "draft"}), (scheduled, {"publication_date": ahead})):
        path = f"/posts/{post['id']}"
        public = {"status": "published"} if post is draft else {"publication_date": "2026-01-01T00:00:00Z"}
        await client.patch(path, json=public)
        assert (await get(client, file["url"])).headers["cache-control"] == IMMUTABLE
        await client.patch(path, json=change)
        assert_problem(await get(client, file["url"]), 404)
    await client.patch(f"/posts/{draft['id']}", json={"status": "published"})
    await client.delete(f"/posts/{draft['id']}")
    assert_problem(await get(client, file["url"]), 404)


async def test_the_navigation_makes_a_file_public(client: httpx.AsyncClient) -> None:
    file = await upload(client, PDF)
    link = {"label": "Terms", "url": file["url"]}
    assert (await client.patch("/settings", json={"navigation": [link]})).status_code == 200
    assert (await get(client, file["url"])).status_code == 200
    await client.patch("/settings", json={"navigation": []})
    assert_problem(await get(client, file["url"]), 404)


@pytest.mark.parametrize("content", [SVG, PDF], ids=["svg", "pdf"])
@pytest.mark.long_but_on("sqlite")
async def test_files_that_browsers_could_run_are_sandboxed(client: httpx.AsyncClient, content: bytes) -> None:
    response = await get(client, (await publish_file(client, content))["url"])
    assert response.content == content
    assert response.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    is_download = response.headers.get("content-disposition", "").startswith("attachment")
    assert is_download == (content is PDF)


RANGES = {
    "bytes=0-0": (0, 1),
    "bytes=0-99999999999999": (0, None),
    "bytes=5-": (5, None),
    "bytes=-3": (-3, None),
    "bytes=-99999": (0, None),
    "bytes= 1-4 ": (1, 5),
}
WHOLE = ("bytes=5-4", "bytes=-", "bytes=-0", "bytes=0-1,3-4", "lines=1-2", "bytes=x-1")


@pytest.mark.long_but_on("sqlite", "mongodb")
async def test_ranges_are_sent(client: httpx.AsyncClient) -> None:
    content = picture()
    url, size = (await publish_file(client, content))["url"], len(content)
    for sent, (start, end) in RANGES.items():
        response = await get(client, url, range=sent)
        expected = content[start:end]
        first = start if start >= 0 else size + start
        assert (response.status_code, response.content) == (206, expected), sent
        assert response.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{size}"
        assert response.headers["content-length"] == str(len(expected))
    for sent in WHOLE:
        response = await get(client, url, range=sent)
        assert (response.status_code, response.content) == (200, content), sent
    beyond = await get(client, url, range=f"bytes={size}-")
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    tag = (await get(client, url)).headers["etag"]
    assert (await get(client, url, range="bytes=0-1", if_range=tag)).status_code == 206
    for other in ('"other"', f"W/{tag}", "Thu, 01 Jan 2026 00:00:00 GMT"):
        assert (await get(client, url, range="bytes=0-1", if_range=other)).status_code == 200


async def test_a_file_of_several_parts_is_sent_whole(client: httpx.AsyncClient) -> None:
    content = document(2_500_000)
    file = await publish_file(client, content)
    assert file["size"] == len(content)
    assert (await get(client, file["url"])).content == content
    for start, end in ((0, 1_048_576), (999_999, 1_000_001), (1_048_575, 2_100_000)):
        response = await get(client, file["url"], range=f"bytes={start}-{end - 1}")
        assert response.content == content[start:end]


async def test_resized_copies_are_sent_once_they_are_made(
    client: httpx.AsyncClient, applications: Applications, store_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resized_copies, "PATIENCE", 0)
    content = saved(Image.effect_noise((900, 60), 60), "PNG")
    file = await publish_file(client, content)
    copies = applications.app(store_name).state.resized_copies
    await copies.finish()
    for width in (400, 800):
        for format_ in ("avif", "webp"):
            response = await get(client, f"{file['url']}?width={width}&format={format_}")
            assert response.headers["content-type"] == f"image/{format_}"
            assert response.headers["cache-control"] == IMMUTABLE
            assert width in _widths(response.content)
    original = await get(client, f"{file['url']}?width=1600&format=webp")  # wider than the picture
    assert (original.content, original.headers["cache-control"]) == (content, IMMUTABLE)
    # As after a copy of the blog, which leaves them out.
    store = (await applications.blog(store_name)).store
    for size in (CopySize(400, "webp"), CopySize(400, "avif"), CopySize(800, "webp"), CopySize(800, "avif")):
        await store.media_bytes.remove(size.key(file["digest"]), stored_before=now() + timedelta(days=1))
    url = f"{file['url']}?width=400&format=webp"
    instead = await get(client, url)
    assert (instead.content, instead.headers["cache-control"]) == (content, "public, max-age=60")
    await copies.finish()
    assert (await get(client, url)).headers["content-type"] == "image/webp"


@pytest.mark.long_but_on("sqlite")
async def test_a_copy_that_is_not_smaller_is_not_sent(
    client: httpx.AsyncClient, applications: Applications, store_name: str
) -> None:
    content = saved(Image.new("1", (401, 3)), "PNG")
    file = await publish_file(client, content)
    await applications.app(store_name).state.resized_copies.finish()
    response = await get(client, f"{file['url']}?width=400&format=webp")
    assert (response.content, response.headers["cache-control"]) == (content, IMMUTABLE)


@pytest.mark.long_but_on("sqlite")
async def test_copies_are_made_once_for_many_requests(
    client: httpx.AsyncClient, applications: Applications, store_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    store_copies = ResizedCopies._store_copies

    async def counted(self: ResizedCopies, *arguments: object) -> None:
        made.append("once")
        await store_copies(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ResizedCopies, "_store_copies", counted)
    file = await publish_file(client, saved(Image.effect_noise((401, 30), 60), "PNG"))
    url = f"{file['url']}?width=400&format=avif"
    await asyncio.gather(*(get(client, url) for _ in range(5)))
    await applications.app(store_name).state.resized_copies.finish()
    assert made == ["once"]


@pytest.mark.parametrize("query", ["width=x", "width=401&format=webp", "width=400&format=x"])
@pytest.mark.long_but_on("sqlite")
async def test_other_copies_are_refused(client: httpx.AsyncClient, query: str) -> None:
    file = await upload(client)
    assert_problem(await client.get(f"{file['url']}?{query}"), 422)


@pytest.mark.parametrize("digest", ["x", "0" * 64, "0" * 63, "A" * 64])
@pytest.mark.long_but_on("sqlite")
async def test_unknown_bytes_are_not_found(client: httpx.AsyncClient, digest: str) -> None:
    assert_problem(await client.get(f"/media/{digest}/a.png"), 404)


async def test_missing_bytes_are_not_found(
    client: httpx.AsyncClient, applications: Applications, store_name: str
) -> None:
    """As after a blog was copied without its media."""
    file = await publish_file(client)
    store = (await applications.blog(store_name)).store
    await store.media_bytes.remove(file["digest"], stored_before=now() + timedelta(days=1))
    assert_problem(await get(client, file["url"]), 404)
    await upload(client)  # brings them back
    assert (await read(client, file["url"])).content == picture()


def _widths(content: bytes) -> set[int]:
    with Image.open(BytesIO(content)) as image:
        return {image.width}


async def test_readers_hold_no_connection_while_they_wait(
    client: httpx.AsyncClient, applications: Applications, store_name: str
) -> None:
    file = await publish_file(client, document(3_000_000))
    store = (await applications.blog(store_name)).store
    readers = [read_parts(store, file["digest"], 0, file["size"]) for _ in range(2 * POOL_SIZE)]
    for reader in readers:
        assert len(await anext(reader)) == 1_048_576
    assert await store.posts.count(PostFilter(audience=Audience(moment=now()))) == 1
    for reader in readers:
        assert sum([len(part) async for part in reader]) == file["size"] - 1_048_576
