"""Working copies and their posts and users: saving, removing, and who may write."""

import asyncio

import pytest

from everpost.domain.ids import new_id
from everpost.domain.posts import Post, PostChange, PostStatus
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.domain.writing.working_copies import (
    PostText,
    WorkingCopyQuery,
)
from everpost.errors import Conflict, Forbidden, NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, a_post, publish, register
from tests.contract.port.writing.typed import BASE, WRONG, only, posts_of_copies, read, typing
from tests.contract.refusals import attempt, raises


async def test_the_state_of_the_post_is_shown(store: Store) -> None:
    ada = await register(store)
    post = await publish(store, author=ada.author, status=PostStatus.DRAFT)
    state = await store.working_copies.add(typing(ada, post.id, base=BASE))
    assert state.post is not None
    assert state.post.author is not None
    assert state.post.author.id == ada.id
    assert (state.post.status, state.post.updated_at) == (PostStatus.DRAFT, MOMENT)
    change = PostChange(updated_at=LATER, title="By somebody else", status=PostStatus.PUBLISHED)
    await store.posts.save(post.id, change, match=None, comments=0)
    (listed,) = (await store.working_copies.page(WorkingCopyQuery(user_id=ada.id, limit=10))).rows
    saved = await store.working_copies.save(typing(ada, post.id, keeps_base=True), match=only(state))
    found = await store.working_copies.get(ada.id, post.id)
    for seen in (listed.post, saved.post, found.post):
        assert seen is not None
        assert (seen.status, seen.updated_at) == (PostStatus.PUBLISHED, LATER)
    assert found.copy.base == BASE


async def test_only_authors_of_a_post_write_working_copies_of_their_own_posts(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    for post in (await publish(store, author=ada.author), await publish(store)):
        with raises(Forbidden, match="another author"):
            await store.working_copies.add(typing(bob, post.id), own_post_only=True)
        state = await store.working_copies.add(typing(bob, post.id))
        with raises(Forbidden, match="another author"):
            await store.working_copies.save(typing(bob, post.id), match=only(state), own_post_only=True)
        assert (await read(store, bob, post.id)).version == 1
    own = await publish(store, author=bob.author)
    for post_id in (own.id, new_id()):
        state = await store.working_copies.add(typing(bob, post_id), own_post_only=True)
        await store.working_copies.save(typing(bob, post_id), match=only(state), own_post_only=True)


async def test_heirs_write_working_copies_of_inherited_posts(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    await store.users.remove(ada.id, heir_id=bob.id, match=None)
    state = await store.working_copies.add(typing(bob, post.id), own_post_only=True)
    assert state.post is not None
    assert state.post.author is not None
    assert state.post.author.id == bob.id


async def test_working_copies_are_removed_with_their_user_and_not_inherited(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    new = new_id()
    for post_id in (post.id, new):
        await store.working_copies.add(typing(ada, post_id))
    await store.working_copies.add(typing(bob, post.id))
    await store.users.remove(ada.id, heir_id=bob.id, match=None)
    for post_id in (post.id, new):
        with raises(NotFound, "working copy"):
            await store.working_copies.get(ada.id, post_id)
    assert await posts_of_copies(store, bob) == [post.id]


async def test_a_removed_user_gets_no_working_copy(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    await store.users.remove(ada.id, heir_id=None, match=None)
    with raises(NotFound, "user"):
        await store.working_copies.add(typing(ada, post_id))
    async with store.records.snapshot() as snapshot:
        assert (await snapshot.count())["working_copy"] == 0


async def test_a_removed_post_takes_only_the_discarded_working_copy_with_it(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    hers, his = [await store.working_copies.add(typing(user, post.id, base=BASE)) for user in (ada, bob)]
    discarded = SavedCopy(ada.id, hers.revision)
    with raises(Stale, "post"):
        await store.posts.remove(post.id, match=WRONG, discarded_copy=discarded)
    assert await posts_of_copies(store, ada) == [post.id]
    await store.posts.remove(post.id, match=None, discarded_copy=discarded)
    assert await posts_of_copies(store, ada) == []
    (kept,) = (await store.working_copies.page(WorkingCopyQuery(user_id=bob.id, limit=10))).rows
    assert (kept.post_id, kept.revision, kept.post) == (post.id, his.revision, None)
    saved = await store.working_copies.save(
        typing(bob, post.id, keeps_base=True), match=only(kept), own_post_only=True
    )
    rescued = a_post(id=post.id, author=bob.author)
    await store.posts.add(rescued, saved_copy=SavedCopy(bob.id, saved.revision))
    assert (await store.posts.get(post.id, comments=0)).title == rescued.title
    assert await posts_of_copies(store, bob) == []


async def test_a_working_copy_that_changed_since_stays_after_the_removal(store: Store) -> None:
    ada = await register(store)
    post = await publish(store, author=ada.author)
    old = await store.working_copies.add(typing(ada, post.id))
    await store.working_copies.save(typing(ada, post.id, PostText(title="More")), match=only(old))
    await store.posts.remove(post.id, match=None, discarded_copy=SavedCopy(ada.id, old.revision))
    assert (await read(store, ada, post.id)).text.title == "More"


async def test_removing_a_post_that_does_not_exist_leaves_the_working_copy_of_a_new_one(store: Store) -> None:
    ada, post_id = await register(store), new_id()
    await store.working_copies.add(typing(ada, post_id))
    with raises(NotFound, "post"):
        await store.posts.remove(post_id, match=None)
    assert await posts_of_copies(store, ada) == [post_id]


async def test_a_saved_working_copy_is_removed_with_the_save(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    state = await store.working_copies.add(typing(ada, post.id))
    await store.working_copies.add(typing(bob, post.id))
    change = PostChange(
        updated_at=LATER, title="Saved", tags=("a",), saved_copy=SavedCopy(ada.id, state.revision)
    )
    with raises(Stale, "post"):
        await store.posts.save(post.id, change, match=WRONG, comments=0)
    assert await posts_of_copies(store, ada) == [post.id]
    saved = await store.posts.save(post.id, change, match=None, comments=0)
    assert (saved.title, saved.tags, saved.version) == ("Saved", ("a",), 2)
    assert await posts_of_copies(store, ada) == []
    assert await posts_of_copies(store, bob) == [post.id]


async def test_a_working_copy_that_changed_since_stays_after_the_save(store: Store) -> None:
    ada = await register(store)
    post = await publish(store, author=ada.author)
    old = await store.working_copies.add(typing(ada, post.id))
    await store.working_copies.save(typing(ada, post.id, PostText(title="More")), match=only(old))
    change = PostChange(updated_at=LATER, slug="new-slug", saved_copy=SavedCopy(ada.id, old.revision))
    await store.posts.save(post.id, change, match=None, comments=0)
    assert (await read(store, ada, post.id)).text.title == "More"


@pytest.mark.parametrize("tags", [(), ("a", "b")])
async def test_a_new_post_takes_its_working_copy_with_it(store: Store, tags: tuple[str, ...]) -> None:
    ada, taken = await register(store), await publish(store)
    post = a_post(author=ada.author, tags=tags, slug=taken.slug)
    state = await store.working_copies.add(typing(ada, post.id))
    saved_copy = SavedCopy(ada.id, state.revision)
    with raises(Conflict, "post", "slug"):
        await store.posts.add(post, saved_copy=saved_copy)
    assert await posts_of_copies(store, ada) == [post.id]
    added = await store.posts.add(post, numbered=True, saved_copy=saved_copy)
    assert added.tags == tags
    assert await posts_of_copies(store, ada) == []
    with raises(Conflict, "post", "id"):
        await store.posts.add(post, saved_copy=saved_copy)


async def test_a_removal_at_the_same_time_leaves_no_working_copy_of_a_post(store: Store) -> None:
    """One that is added while its post is being removed is either removed, or one of a new post."""
    ada = await register(store)
    posts: list[Post] = [await publish(store, author=ada.author) for _ in range(10)]
    outcomes = await asyncio.gather(
        *(store.posts.remove(post.id, match=None) for post in posts),
        *(attempt(store.working_copies.add(typing(ada, post.id))) for post in posts),
    )
    assert set(outcomes) == {None, "done"}
    for post_id in await posts_of_copies(store, ada):
        assert (await store.working_copies.get(ada.id, post_id)).post is None
