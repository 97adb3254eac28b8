"""Unused files are removed after a while; so are bytes that belong to no file."""

from collections.abc import AsyncIterator
from datetime import timedelta

from everpost.domain.blog import BlogChange, NavigationLink
from everpost.domain.clock import now
from everpost.domain.media.copies import CopySize
from everpost.domain.media.files import MediaQuery
from everpost.services.media.maintenance import remove_lost_bytes, remove_unused_files
from everpost.stores.port import Store
from tests.contract.http.media.files import picture
from tests.contract.http.media.stored import add_file
from tests.contract.port.examples import publish

MONTH = timedelta(days=30)


async def names(store: Store) -> list[str]:
    return [file.name for file, _ in (await store.media.page(MediaQuery(limit=100))).rows]


async def test_unused_files_are_removed_after_their_time(store: Store) -> None:
    used, linked, unused = [await add_file(store, picture(shade)) for shade in range(3)]
    await publish(store, content=f"![]({used.path})")
    navigation = (NavigationLink(label="Terms", url=linked.path),)
    await store.blog.save(BlogChange(updated_at=now(), navigation=navigation), match=None)
    assert await remove_unused_files(store, now() + timedelta(days=29), age=MONTH) == 0
    assert await remove_unused_files(store, now() + timedelta(days=999), age=None) == 0
    later = now() + timedelta(days=31)
    assert await remove_unused_files(store, later, age=MONTH) == 1
    assert set(await store.media.find([used.digest, linked.digest, unused.digest])) == {
        used.digest,
        linked.digest,
    }
    assert await remove_unused_files(store, later, age=MONTH) == 0


async def test_many_unused_files_are_removed(store: Store) -> None:
    for shade in range(103):
        await add_file(store, picture(shade))
    assert await remove_unused_files(store, now() + timedelta(days=31), age=MONTH) == 103
    assert await names(store) == []


async def test_bytes_without_a_file_are_removed_after_an_hour(store: Store) -> None:
    kept, removed = [await add_file(store, picture(shade)) for shade in range(2)]
    size = CopySize(400, "webp")
    for file in (kept, removed):
        await store.media_bytes.put(size.key(file.digest), nothing(), size=0)
    await store.media.remove(removed.id, match=None)
    assert await remove_lost_bytes(store, now() + timedelta(minutes=59)) == 0
    assert await remove_lost_bytes(store, now() + timedelta(minutes=61)) == 2
    keys = [each.key for each in await store.media_bytes.page()]
    assert keys == [kept.digest, size.key(kept.digest)]


async def test_an_upload_of_the_same_bytes_renews_them(store: Store) -> None:
    file = await add_file(store, picture())
    await store.media.remove(file.id, match=None)
    stored = await store.media_bytes.find(file.digest)
    assert stored is not None
    await add_file(store, picture())
    await store.media.remove(file.id, match=None)
    renewed = await store.media_bytes.find(file.digest)
    assert renewed is not None
    assert renewed.stored_at >= stored.stored_at
    assert await remove_lost_bytes(store, renewed.stored_at + timedelta(hours=1)) == 0


async def nothing() -> AsyncIterator[bytes]:
    yield b""
