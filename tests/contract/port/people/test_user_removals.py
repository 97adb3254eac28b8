"""Removing a user and reassigning the posts, which is never partly visible."""

import asyncio
import itertools
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from everpost.domain.comment_preconditions import EditCredential
from everpost.domain.comments import CommentChange, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.people.users import User
from everpost.domain.posts import Post, PostChange, PostQuery, PostStatus
from everpost.domain.records import Batch
from everpost.errors import Conflict, Forbidden, Invalid, NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    comment_on,
    numbered,
    publish,
    read_post,
    read_posts,
    read_thread,
    register,
)
from tests.contract.refusals import attempt, describe, raises

POSTS = 300


async def test_the_posts_of_a_removed_user_have_no_author(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    own = [await publish(store, author=ada.author) for _ in range(3)]
    other = await publish(store, author=bob.author)
    await store.users.remove(ada.id, heir_id=None, match=frozenset({ada.revision}))
    for post in own:
        assert await read_post(store, post.id) == replace(post, author=None)
    assert await read_post(store, other.id) == other
    assert await read_posts(store, replace(EVERYBODY, author_id=ada.id)) == []
    with raises(NotFound, "user"):
        await store.users.get(ada.id)
    assert await store.users.find(ada.email) is None


async def test_the_posts_of_a_removed_user_get_the_new_author(store: Store) -> None:
    ada, bob = await register(store, name="Ada"), await register(store, name="Bob")
    own = [await publish(store, author=ada.author, status=status) for status in PostStatus]
    bobs = await publish(store, author=bob.author)
    comment = await comment_on(store, bobs.id, author=ada.author)
    await store.users.remove(ada.id, heir_id=bob.id, match=None)
    for post in own:
        assert await read_post(store, post.id) == replace(post, author=bob.author)
    assert await store.posts.count(replace(EVERYBODY, author_id=bob.id)) == 2
    assert await store.posts.count(replace(EVERYBODY, author_id=ada.id)) == 0
    assert (await store.comments.get(bobs.id, comment.id)).author is None
    with raises(Forbidden, match="another author"):
        await store.posts.remove(own[0].id, match=None, owner_id=ada.id)
    await store.posts.remove(own[0].id, match=None, owner_id=bob.id)


@pytest.mark.parametrize("with_heir", [True, False], ids=["with an heir", "without"])
async def test_a_removed_user_cannot_change_or_remove_posts_from_then_on(
    store: Store, *, with_heir: bool
) -> None:
    ada, bob = await register(store), await register(store)
    own = [await publish(store, author=ada.author) for _ in range(10)]
    batched = await publish(store, author=ada.author)
    change = PostChange(updated_at=LATER, title="New")

    def save(post: Post, owner_id: Id | None) -> Awaitable[str]:
        return attempt(store.posts.save(post.id, change, match=None, comments=0, owner_id=owner_id))

    await store.users.remove(ada.id, heir_id=bob.id if with_heir else None, match=None)
    outcomes = await asyncio.gather(
        *(save(batched, owner_id) for owner_id in (None, None, ada.id)),
        *(save(post, ada.id) for post in own),
        *(attempt(store.posts.remove(post.id, match=None, owner_id=ada.id)) for post in own),
    )
    assert outcomes == ["done"] * 2 + ["Forbidden"] * (1 + 2 * len(own))
    for post in own:
        assert await read_post(store, post.id) == replace(post, author=bob.author if with_heir else None)


async def test_the_new_author_is_another_user(store: Store) -> None:
    ada, removed = await register(store), await register(store)
    await store.users.remove(removed.id, heir_id=None, match=None)
    post = await publish(store, author=ada.author)
    for heir_id in (ada.id, removed.id, new_id(), post.id):
        with raises(Invalid, field="heir_id"):
            await store.users.remove(ada.id, heir_id=heir_id, match=frozenset({ada.revision}))
    assert await store.users.get(ada.id) == ada
    assert await read_post(store, post.id) == post


async def test_posts_pass_through_several_new_authors(store: Store) -> None:
    users = [await register(store, name=str(number)) for number in range(4)]
    posts = [await publish(store, author=user.author) for user in users]
    for user, heir in itertools.pairwise(users):
        await store.users.remove(user.id, heir_id=heir.id, match=None)
        assert await store.posts.count(replace(EVERYBODY, author_id=heir.id)) == int(heir.name) + 1
    assert {(await read_post(store, post.id)).author for post in posts} == {users[-1].author}
    await store.users.remove(users[-1].id, heir_id=None, match=None)
    assert {(await read_post(store, post.id)).author for post in posts} == {None}


async def test_the_id_of_a_removed_user_is_not_reused(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    for heir_id, user in ((bob.id, ada), (None, bob)):
        await store.users.remove(user.id, heir_id=heir_id, match=None)
        with raises(Conflict, "user", "id"):
            await store.users.add(replace(user, email="other@blog.example"))


async def test_the_id_of_a_user_who_is_being_removed_is_taken(store: Store) -> None:
    for _ in range(5):
        user = await register(store)
        namesakes = [replace(user, email=f"{number}-{user.email}") for number in range(6)]
        outcomes = await asyncio.gather(
            store.users.remove(user.id, heir_id=None, match=None),
            *map(store.users.add, namesakes),
            return_exceptions=True,
        )
        assert [each.field for each in outcomes if isinstance(each, Conflict)] == ["id"] * 6


async def test_a_user_restored_by_a_move_does_not_regain_old_posts(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    comment = await comment_on(store, post.id, author=ada.author)
    edited = await comment_on(store, post.id, author=bob.author)
    by_ada = CommentChange(updated_at=LATER, content="Edited", editor_id=ada.id)
    edited = await store.comments.save(post.id, edited.id, by_ada, match=None)
    hidden = await comment_on(store, post.id, author=ada.author, status=CommentStatus.PENDING)
    await store.users.remove(ada.id, heir_id=None, match=None)
    for _ in range(2):
        await store.records.write(Batch(kept=(ada,)))
        assert await store.users.get(ada.id) == ada
        thread = (await read_post(store, post.id)).comments
        assert [each.author for each in thread] == [None, bob.author]
        assert thread == tuple(await read_thread(store, post.id))
        assert (await store.comments.get(post.id, edited.id)).editor_id is None
        assert (await store.comments.get(post.id, hidden.id)).author is None
        assert await store.comments.get(post.id, comment.id) == replace(comment, author=None)
        assert (await read_post(store, post.id)).author is None
        assert await store.posts.count(replace(EVERYBODY, author_id=ada.id)) == 0
        await store.records.write(Batch(erased=(ada,)))
        with raises(Conflict, "user", "id"):
            await store.users.add(ada)


async def test_of_concurrent_removals_of_a_user_one_succeeds(store: Store) -> None:
    ada = await register(store)
    heirs = [await register(store) for _ in range(4)]
    post = await publish(store, author=ada.author)
    outcomes = await asyncio.gather(
        *(store.users.remove(ada.id, heir_id=heir.id, match=None) for heir in heirs), return_exceptions=True
    )
    assert sorted(map(describe, outcomes)) == ["NoneType"] + ["NotFound user"] * 3
    assert (await read_post(store, post.id)).author == heirs[outcomes.index(None)].author


async def test_users_who_name_each_other_as_new_author_are_not_both_removed(store: Store) -> None:
    for _ in range(5):
        ada, bob = await register(store), await register(store)
        post = await publish(store, author=ada.author)
        outcomes = await asyncio.gather(
            store.users.remove(ada.id, heir_id=bob.id, match=None),
            store.users.remove(bob.id, heir_id=ada.id, match=None),
            return_exceptions=True,
        )
        assert sorted(map(describe, outcomes)) == ["Invalid heir_id", "NoneType"]
        heir = bob if outcomes[0] is None else ada
        assert (await read_post(store, post.id)).author == heir.author


async def test_a_post_added_while_its_author_is_removed_is_consistent_or_refused(
    store: Store,
) -> None:
    for turn in range(10):
        ada, bob = await register(store), await register(store)
        heir = bob if turn % 2 else None
        given = await publish(store)
        give = PostChange(updated_at=LATER, author_id=ada.id)
        post_id = new_id()
        outcomes = await asyncio.gather(
            publish(store, id=post_id, author=ada.author),
            store.posts.save(given.id, give, match=None, comments=0),
            store.users.remove(ada.id, heir_id=None if heir is None else heir.id, match=None),
            return_exceptions=True,
        )
        assert outcomes[2] is None
        for name, outcome in zip((post_id, given.id), outcomes[:2], strict=True):
            if describe(outcome) != "Invalid author_id":
                assert not isinstance(outcome, BaseException), outcome
                assert (await read_post(store, name)).author == (None if heir is None else heir.author)
        assert await store.posts.count(replace(EVERYBODY, author_id=ada.id)) == 0


async def a_round(store: Store, ada: User, heir: User | None) -> list[tuple[str, bool]]:
    """For each way to read, in turn, whether it shows the state after the removal."""
    heirs_name = None if heir is None else heir.author
    seen = []
    page = await store.posts.page(PostQuery(filter=EVERYBODY, limit=100, skip=20))
    (author,) = {row.author for row in page.rows}
    seen.append(("a page", author == heirs_name))
    count = await store.posts.count(replace(EVERYBODY, author_id=ada.id))
    assert count in (0, POSTS)
    seen.append(("the count of hers", count == 0))
    seen.append(("a post", (await read_post(store, numbered(0))).author == heirs_name))
    page = await store.posts.page(PostQuery(filter=replace(EVERYBODY, author_id=ada.id), limit=100))
    assert [row.author for row in page.rows] in ([], [ada.author] * 100)
    seen.append(("a page of hers", not page.rows))
    if heir is not None:
        page = await store.posts.page(PostQuery(filter=replace(EVERYBODY, author_id=heir.id), limit=100))
        assert [row.author for row in page.rows] in ([], [heir.author] * 100)
        seen.append(("a page of the heir's", bool(page.rows)))
    seen.append(("she", not await is_user(store, ada.id)))
    return seen


async def is_user(store: Store, id: Id) -> bool:
    try:
        await store.users.get(id)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("with_heir", [True, False], ids=["with an heir", "without"])
async def test_a_removal_is_never_partly_visible(store: Store, *, with_heir: bool) -> None:
    ada, bob = await register(store, name="Ada"), await register(store, name="Bob")
    numbers = iter(range(POSTS))

    async def publish_what_waits() -> None:
        for number in numbers:
            await publish(store, id=numbered(number), author=ada.author)

    await asyncio.gather(*(publish_what_waits() for _ in range(5)))
    removed, begun, heir = asyncio.Event(), asyncio.Barrier(4), bob if with_heir else None

    async def read_until_removed() -> None:
        is_after = False
        await begun.wait()
        while not is_after or not removed.is_set():
            for way, sees_after in await a_round(store, ada, heir):
                assert sees_after or not is_after, f"{way} is as before, what was read earlier is not"
                is_after = sees_after

    async def remove() -> None:
        await begun.wait()
        await asyncio.sleep(0.02)
        await store.users.remove(ada.id, heir_id=None if heir is None else heir.id, match=None)
        removed.set()

    await asyncio.gather(remove(), *(read_until_removed() for _ in range(3)))
    posts = await read_posts(store)
    assert {(post.author, post.version) for post in posts} == {(None if heir is None else heir.author, 1)}


async def test_a_comment_of_a_removed_user_can_be_edited_with_no_credential(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store)
    comment = await comment_on(store, post.id, author=ada.author)
    await store.users.remove(ada.id, heir_id=bob.id, match=None)
    credential = EditCredential(since=MOMENT, author_id=bob.id)
    with raises(Forbidden, match="someone else"):
        await store.comments.remove(post.id, comment.id, match=None, credential=credential)
    assert await store.comments.get(post.id, comment.id) == replace(comment, author=None)
