"""Facts about all published posts: who wrote them, and when they were updated."""

from datetime import timedelta

from everpost.domain.people.users import UserChange
from everpost.domain.posts import PostChange, PostKind, PostStatus, Updates
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, publish, register

HOUR = timedelta(hours=1)


async def test_authors_have_enough_public_posts(store: Store) -> None:
    ann, bob, cid, dan = [await register(store, name=name) for name in ("Ann", "Bob", "Cid", "Dan")]
    for user, count in ((ann, 3), (bob, 2), (cid, 1)):
        for _ in range(count):
            await publish(store, author=user.author)
    for _ in range(2):
        await publish(store, author=cid.author, status=PostStatus.DRAFT)
        await publish(store, author=cid.author, kind=PostKind.PAGE)
        await publish(store, author=cid.author, publication_date=MOMENT + HOUR)
        await publish(store)

    async def authors(least: int) -> list[str]:
        return list(await store.posts.authors(moment=MOMENT, least=least))

    assert await authors(1) == sorted([ann.id, bob.id, cid.id])
    assert await authors(2) == sorted([ann.id, bob.id])
    assert await authors(4) == []
    assert cid.id in await store.posts.authors(moment=MOMENT + HOUR, least=3)
    await store.users.save(ann.id, UserChange(updated_at=LATER, is_disabled=True), match=None)
    assert await authors(1) == sorted([bob.id, cid.id])
    await store.users.remove(cid.id, heir_id=dan.id, match=None)
    await store.users.remove(bob.id, heir_id=dan.id, match=None)
    assert await authors(3) == [dan.id]


async def test_updates_differ_after_each_change(store: Store) -> None:
    assert await store.posts.updates(PostKind.POST) == Updates(0, 0, None)
    seen = []

    async def note() -> None:
        seen.append(await store.posts.updates(PostKind.POST))
        assert seen[-1] not in seen[:-1]

    first = await publish(store, updated_at=MOMENT)
    await note()
    second = await publish(store, updated_at=MOMENT - HOUR)
    await note()
    assert (seen[-1].count, seen[-1].latest) == (2, MOMENT)
    for number in range(1, 4):
        moment = MOMENT - HOUR + number * timedelta(milliseconds=1)
        change = PostChange(updated_at=moment, title=f"No. {number}")
        await store.posts.save(second.id, change, match=None, comments=0)
        await note()
    change = PostChange(updated_at=LATER, publication_date=MOMENT + HOUR)
    await store.posts.save(first.id, change, match=None, comments=0)
    await note()
    assert (seen[-1].count, seen[-1].latest) == (2, LATER)
    await store.posts.remove(first.id, match=None)
    await note()
    await publish(store, status=PostStatus.DRAFT)
    await publish(store, kind=PostKind.PAGE)
    assert await store.posts.updates(PostKind.POST) == seen[-1]
    assert (await store.posts.updates(PostKind.PAGE)).count == 1
