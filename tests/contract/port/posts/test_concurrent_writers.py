"""Concurrent writers of one post."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import new_id
from everpost.domain.posts import Post, PostChange, PostQuery
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Conflict, Forbidden, Invalid, Stale
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.contract.port.examples import EVERYBODY, LATER, a_comment, publish, read_post, register

WRITERS = 12


async def test_a_changed_post_has_the_comments_of_its_version(store: Store, blog_url: str) -> None:
    post = await publish(store, tags=("a",))
    first = await store.comments.add(a_comment(post.id))
    other = await open_store(blog_url, timeout=10, pool_size=3)
    try:
        changes = [PostChange(updated_at=LATER, title=f"Title {number}") for number in range(WRITERS)]
        saving = [
            each.posts.save(post.id, change, match=None, comments=100)
            for change in changes
            for each in (store, other)
        ]
        adding = [each.comments.add(a_comment(post.id)) for _ in changes for each in (store, other)]
        saved, added = await asyncio.gather(asyncio.gather(*saving), asyncio.gather(*adding))
    finally:
        await other.close()
    for each in saved:
        assert len(each.comments) == each.comment_count
    assert sorted(str(each.title) for each in saved) == sorted(
        str(each.title) for each in [*changes, *changes]
    )
    assert len({each.version for each in saved}) == len(saved)
    last = await read_post(store, post.id)
    assert last.version == 2 + len(saved) + len(added)
    assert {each.id for each in last.comments} == {each.id for each in (first, *added)}


async def save_all(
    store: Store, post: Post, changes: Sequence[PostChange], *, match: ExpectedRevisions = None
) -> Sequence[Post | BaseException]:
    """The outcomes of concurrent changes."""
    saving = (store.posts.save(post.id, change, match=match, comments=0) for change in changes)
    return await asyncio.gather(*saving, return_exceptions=True)


async def test_a_hundred_changes_of_a_post_are_all_made(store: Store, blog_url: str) -> None:
    post = await publish(store)
    one, other = [await open_store(blog_url, timeout=10, pool_size=3) for _ in range(2)]
    changes = [PostChange(updated_at=LATER, title=f"Title {number}") for number in range(50)]
    try:
        saved = [*await save_all(one, post, changes), *await save_all(other, post, changes)]
        together = await asyncio.gather(save_all(one, post, changes), save_all(other, post, changes))
    finally:
        await asyncio.gather(one.close(), other.close())
    saved += [each for outcomes in together for each in outcomes]
    posts = [each for each in saved if isinstance(each, Post)]
    assert [each.title for each in posts] == [change.title for change in changes] * 4
    assert {each.version for each in posts} == set(range(2, 202))
    assert len({each.stamp for each in posts}) == 200
    assert await read_post(store, post.id) == max(posts, key=lambda each: each.version)


async def test_of_a_hundred_changes_to_one_revision_one_succeeds(store: Store) -> None:
    post = await publish(store)
    changes = [PostChange(updated_at=LATER, title=f"Title {number}") for number in range(100)]
    outcomes = await save_all(store, post, changes, match=frozenset({post.revision}))
    (won,) = [each for each in outcomes if isinstance(each, Post)]
    assert [type(each) for each in outcomes].count(Stale) == 99
    assert await read_post(store, post.id) == won


async def test_each_concurrent_change_has_its_own_outcome(store: Store) -> None:
    author, other = await register(store), await register(store)
    await publish(store, slug="taken")
    post = await publish(store, author=author.author, tags=("old",))
    renamed = PostChange(updated_at=LATER, title="New")
    closed = PostChange(updated_at=LATER, comment_policy=CommentPolicy.CLOSED)
    changes = [
        (renamed, None, author.id),
        (replace(renamed, slug="taken"), None, None),
        (renamed, None, other.id),
        (closed, None, None),
        (replace(renamed, author_id=new_id()), None, None),
        (renamed, frozenset({post.revision}), author.id),
        (replace(renamed, slug="taken", is_slug_numbered=True), None, None),
        (PostChange(updated_at=LATER, comment_policy="inherit", tags=("new",)), None, author.id),
    ]
    saving = (
        store.posts.save(post.id, change, match=match, comments=10, owner_id=owner_id)
        for change, match, owner_id in changes
    )
    outcomes = await asyncio.gather(*saving, return_exceptions=True)
    refusals = {1: Conflict, 2: Forbidden, 4: Invalid, 5: Stale}
    assert {n: type(each) for n, each in enumerate(outcomes) if not isinstance(each, Post)} == refusals
    saved = [each for each in outcomes if isinstance(each, Post)]
    assert {each.version for each in saved} == {2, 3, 4, 5}
    assert {each.comment_policy for each in saved} == {None, CommentPolicy.CLOSED}
    last = await read_post(store, post.id)
    assert last == max(saved, key=lambda each: each.version)
    assert (last.title, last.slug, last.tags) == ("New", "taken-2", ("new",))


async def test_a_taken_slug_is_refused_even_if_the_next_change_gives_another(store: Store) -> None:
    await publish(store, slug="taken")
    post = await publish(store, slug="own")
    changes = [
        PostChange(updated_at=LATER, title="New"),
        PostChange(updated_at=LATER, slug="taken"),
        PostChange(updated_at=LATER, slug="free"),
        PostChange(updated_at=LATER, slug="taken"),
        PostChange(updated_at=LATER, slug="own"),
    ]
    _, taken, free, taken_again, own = await save_all(store, post, changes)
    assert (type(taken), type(taken_again)) == (Conflict, Conflict)
    assert [each.slug for each in (free, own) if isinstance(each, Post)] == ["free", "own"]
    assert await read_post(store, post.id) == own


async def test_comments_and_changes_of_a_post_do_not_starve_each_other(store: Store) -> None:
    post = await publish(store)
    counts = {"changes": 0, "comments": 0}
    is_over = asyncio.Event()

    async def change() -> None:
        while not is_over.is_set():
            await store.posts.save(post.id, PostChange(updated_at=LATER), match=None, comments=0)
            counts["changes"] += 1
            if min(counts.values()) >= WRITERS:
                is_over.set()

    async def comment() -> None:
        while not is_over.is_set():
            await store.comments.add(a_comment(post.id))
            counts["comments"] += 1

    await asyncio.gather(*(write() for _ in range(WRITERS) for write in (change, comment)))
    assert min(counts.values()) >= WRITERS


async def test_every_listed_post_has_the_comments_of_its_version(store: Store, blog_url: str) -> None:
    post = await publish(store)
    other = await open_store(blog_url, timeout=10, pool_size=3)

    async def comment_often() -> None:
        for _ in range(60):
            await other.comments.add(a_comment(post.id))

    commenting = asyncio.create_task(comment_often())
    try:
        while not commenting.done():
            page = await store.posts.page(PostQuery(filter=EVERYBODY, limit=10, comments=100))
            assert [each.comment_count for each in page.rows] == [len(each.comments) for each in page.rows]
    finally:
        await commenting
        await other.close()
