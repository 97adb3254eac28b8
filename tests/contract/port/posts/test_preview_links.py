"""The nonces of links to previews."""

import asyncio

from everpost.domain.ids import new_id
from everpost.domain.posts import Post, PostChange, PostStatus
from everpost.domain.records import Batch
from everpost.errors import Forbidden, NotFound
from everpost.stores.port import Store
from tests.contract.port.blog.values import by
from tests.contract.port.blog.whole_blogs import records_of
from tests.contract.port.examples import LATER, a_post, publish, read_post, register
from tests.contract.refusals import raises


async def test_a_nonce_is_kept_until_it_is_revoked(store: Store) -> None:
    post = await publish(store, status=PostStatus.DRAFT)
    assert await store.preview_links.nonce(post.id) is None
    assert await store.preview_links.create(post.id, 5, owner_id=None) == 5
    assert await store.preview_links.create(post.id, 6, owner_id=None) == 5
    assert await store.preview_links.nonce(post.id) == 5
    await store.preview_links.revoke(post.id, owner_id=None)
    assert await store.preview_links.nonce(post.id) is None
    await store.preview_links.revoke(post.id, owner_id=None)
    assert await store.preview_links.create(post.id, 2**53 - 1, owner_id=None) == 2**53 - 1
    assert await store.preview_links.create(post.id, 1, owner_id=None) == 2**53 - 1


async def test_of_several_nonces_created_at_once_one_is_kept(store: Store) -> None:
    post = await publish(store)
    creating = (store.preview_links.create(post.id, nonce, owner_id=None) for nonce in range(1, 11))
    created = await asyncio.gather(*creating)
    assert {*created} == {await store.preview_links.nonce(post.id)}


async def test_a_nonce_does_not_change_the_revision_and_survives_changes(store: Store) -> None:
    post = await publish(store)
    before = await read_post(store, post.id)
    await store.preview_links.create(post.id, 5, owner_id=None)
    after = await read_post(store, post.id)
    assert (after, after.stamp) == (before, before.stamp)
    change = PostChange(updated_at=LATER, title="New", tags=("a",))
    await store.posts.save(post.id, change, match=frozenset({before.revision}), comments=0)
    assert await store.preview_links.nonce(post.id) == 5


async def test_only_the_author_changes_a_nonce(store: Store) -> None:
    ann, otto = await register(store, name="Ann"), await register(store, name="Otto")
    post = await publish(store, author=ann.author)
    assert await store.preview_links.create(post.id, 5, owner_id=ann.id) == 5
    for call in (
        store.preview_links.create(post.id, 6, owner_id=otto.id),
        store.preview_links.revoke(post.id, owner_id=otto.id),
    ):
        with raises(Forbidden):
            await call
    assert await store.preview_links.nonce(post.id) == 5
    await store.preview_links.revoke(post.id, owner_id=ann.id)
    assert await store.preview_links.nonce(post.id) is None


async def test_a_missing_post_has_no_nonce(store: Store) -> None:
    removed = await publish(store)
    await store.preview_links.create(removed.id, 5, owner_id=None)
    await store.posts.remove(removed.id, match=None)
    for post_id in (removed.id, new_id()):
        assert await store.preview_links.nonce(post_id) is None
        for owner_id in (None, new_id()):
            with raises(NotFound, "post"):
                await store.preview_links.create(post_id, 5, owner_id=owner_id)
            with raises(NotFound, "post"):
                await store.preview_links.revoke(post_id, owner_id=owner_id)
    await store.posts.add(a_post(id=removed.id))
    assert await store.preview_links.nonce(removed.id) is None


async def test_a_nonce_is_part_of_the_record(store: Store) -> None:
    ann = await register(store)
    post = await publish(store, author=ann.author)
    prints = [await fingerprint(store)]
    for nonce in (7, 8):
        await store.preview_links.create(post.id, nonce, owner_id=None)
        assert [each.preview_nonce for each in await posts_of(store)] == [nonce]
        prints.append(await fingerprint(store))
        await store.preview_links.revoke(post.id, owner_id=None)
        prints.append(await fingerprint(store))
    assert prints[0] == prints[2] == prints[4]
    assert len({*prints}) == 3
    (record,) = await posts_of(store)
    assert (record.preview_nonce, record.author) == (None, by(ann))
    for kept in (9, None):
        await store.records.write(Batch(kept=[a_post(id=post.id, slug=post.slug, preview_nonce=kept)]))
        assert await store.preview_links.nonce(post.id) == kept


async def posts_of(store: Store) -> list[Post]:
    return [record for record in await records_of(store) if isinstance(record, Post)]


async def fingerprint(store: Store) -> str | None:
    async with store.records.snapshot() as snapshot:
        return await snapshot.fingerprint()
