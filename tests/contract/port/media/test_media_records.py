"""Uploaded files in moves of a whole blog."""

from dataclasses import replace
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaFile, MediaQuery
from everpost.domain.posts import Post
from everpost.domain.records import Batch
from everpost.stores.port import Store
from tests.contract.port.blog.files_and_revisions import MEDIA
from tests.contract.port.blog.values import ANN, OTTO, by
from tests.contract.port.blog.whole_blogs import fill, records_of
from tests.contract.port.examples import MOMENT, a_post, numbered, publish, register
from tests.contract.port.media.examples import a_file, upload

LONG_AGO = MOMENT - timedelta(days=365)


async def users_of(store: Store, file: MediaFile) -> list[Id]:
    """The posts that use the file."""
    return [use.post_id for use in await store.media.uses(file.id, limit=100)]


async def test_moved_posts_use_moved_files(store: Store) -> None:
    unused, embedded, cover = MEDIA
    post = a_post(id=numbered(1), content=f"![]({embedded.path})", cover=cover.path)
    records = [ANN, OTTO, *MEDIA, post]
    for at_once in (1_000, 3, 1_000):
        await fill(store, records, at_once=at_once)
        assert await users_of(store, embedded) == await users_of(store, cover) == [post.id]
        page = await store.media.page(MediaQuery(limit=10, unused=True))
        assert [file.digest for file, _ in page.rows] == [unused.digest]
    assert (await records_of(store))[1:] == records


async def test_a_batch_brings_a_post_and_its_files(store: Store) -> None:
    files = [a_file(str(number)) for number in range(3)]
    posts = [a_post(id=numbered(number + 1), content=file.path) for number, file in enumerate(files)]
    await store.records.write(Batch(kept=[*posts, *files[:2]]))
    assert [await users_of(store, file) for file in files] == [[numbered(1)], [numbered(2)], []]
    changed = [replace(posts[0], content=files[1].path), replace(posts[1], content="", cover=files[2].path)]
    await store.records.write(Batch(kept=[*changed, files[2]], erased=[posts[2]]))
    assert [await users_of(store, file) for file in files] == [[], [numbered(1)], [numbered(2)]]


async def test_erasing_a_file_ends_its_uses(store: Store) -> None:
    one, two = await upload(store, "one"), await upload(store, "two")
    both = await publish(store, content=one.path, cover=two.path)
    only = await publish(store, content=one.path)
    await store.records.write(Batch(erased=[one]))
    assert await store.media.find([one.digest, two.digest]) == {two.digest: two}
    assert await users_of(store, two) == [both.id]
    assert {each for each in await records_of(store) if isinstance(each, Post)} == {both, only}
    await store.records.write(Batch(kept=[one]))
    assert await users_of(store, one) == []


async def test_files_and_posts_are_erased_together(store: Store) -> None:
    file = await upload(store)
    post = await publish(store, content=file.path)
    await store.records.write(Batch(erased=[file, post]))
    assert len(await records_of(store)) == 1


async def test_a_moved_file_counts_as_unused_from_then_on(store: Store) -> None:
    began = now() - timedelta(milliseconds=1)
    await store.records.write(Batch(kept=[a_file(created_at=LONG_AGO, updated_at=LONG_AGO)]))
    assert await store.media.remove_unused(began, limit=10) == []
    assert await store.media.remove_unused(now(), limit=10) == [a_file().digest]


async def test_a_move_that_ends_the_last_use_releases_the_file(store: Store) -> None:
    for erases in (True, False):
        file = a_file(created_at=LONG_AGO)
        post = a_post(content=file.path)
        await store.records.write(Batch(kept=[file, post]))
        released = now() - timedelta(milliseconds=1)
        batch = Batch(erased=[post]) if erases else Batch(kept=[replace(post, content="")])
        await store.records.write(batch)
        assert await users_of(store, file) == []
        assert await store.media.remove_unused(released, limit=10) == []
        assert await store.media.remove_unused(now(), limit=10) == [file.digest]


async def test_a_removed_author_is_null_in_a_record(store: Store) -> None:
    author = await register(store)
    file = await upload(store, author=author.author)
    await store.users.remove(author.id, heir_id=None, match=None)
    assert (await records_of(store))[1:] == [replace(file, author=None)]
    await store.records.write(Batch(kept=[author]))
    assert (await records_of(store))[1:] == [author, replace(file, author=None)]
    await store.records.write(Batch(kept=[replace(file, author=by(author))]))
    assert (await store.media.get(file.id)).author == author.author
