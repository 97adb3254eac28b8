"""Writes name the revisions that they expect; the database decides which write succeeds."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from everpost.domain.blog import Blog, BlogChange
from everpost.domain.comments import Comment, CommentChange, CommentPolicy
from everpost.domain.ids import Id, new_id
from everpost.domain.people.users import User, UserChange
from everpost.domain.posts import Post, PostChange
from everpost.domain.records import Batch, Record
from everpost.domain.revisions import MAX_STAMP, ExpectedRevisions, Revision
from everpost.errors import NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, comment_on, publish, read_post, register

OTHER = 1
"""A stamp that no row here has, because they are random."""

Seen = Callable[[int], ExpectedRevisions]
"""Functions that give the states a writer saw, from the current stamp of a first version."""

NOT_SEEN: dict[str, Seen] = {
    "nothing": lambda _: frozenset(),
    "the next version": lambda stamp: frozenset({Revision(2, stamp)}),
    "no version": lambda stamp: frozenset({Revision(0, stamp)}),
    "a negative version": lambda stamp: frozenset({Revision(-1, stamp)}),
    "the same version in another history": lambda _: frozenset({Revision(1, OTHER)}),
    "the stamp before": lambda stamp: frozenset({Revision(1, stamp - 1)}),
    "both, but not at once": lambda stamp: frozenset({Revision(1, OTHER), Revision(2, stamp)}),
    "the ends of the range": lambda _: frozenset({Revision(1, 0), Revision(1, MAX_STAMP)}),
    "large versions": lambda stamp: frozenset({Revision(2**31, stamp), Revision(10**18 - 1, stamp)}),
    "a hundred others": lambda stamp: frozenset(Revision(version, stamp) for version in range(2, 102)),
}
SEEN: dict[str, Seen] = {
    "this": lambda stamp: frozenset({Revision(1, stamp)}),
    "whatever": lambda _: None,
    "this and a hundred others": lambda stamp: frozenset(Revision(version, stamp) for version in range(101)),
}


@dataclass(frozen=True)
class Write:
    """A conditional write to a post or to a comment on it."""

    call: Callable[[Store, Id, Id, ExpectedRevisions], Awaitable[object]]
    to_comment: bool


async def save_post(store: Store, post_id: Id, _: Id, match: ExpectedRevisions) -> None:
    await store.posts.save(post_id, PostChange(updated_at=LATER, title="New"), match=match, comments=0)


async def remove_post(store: Store, post_id: Id, _: Id, match: ExpectedRevisions) -> None:
    await store.posts.remove(post_id, match=match)


async def save_comment(store: Store, post_id: Id, comment_id: Id, match: ExpectedRevisions) -> None:
    await store.comments.save(
        post_id, comment_id, CommentChange(updated_at=LATER, content="New"), match=match
    )


async def remove_comment(store: Store, post_id: Id, comment_id: Id, match: ExpectedRevisions) -> None:
    await store.comments.remove(post_id, comment_id, match=match)


WRITES = {
    "save a post": Write(save_post, to_comment=False),
    "remove a post": Write(remove_post, to_comment=False),
    "save a comment": Write(save_comment, to_comment=True),
    "remove a comment": Write(remove_comment, to_comment=True),
}
every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())


Stamped = Post | Comment | User | Blog


async def attempt(call: Awaitable[object]) -> str:
    """ "done", or the name of the refusal."""
    try:
        await call
    except (Stale, NotFound) as refusal:
        return type(refusal).__name__
    return "done"


async def something_at_its_first_version(store: Store, write: Write) -> tuple[Id, Id, int]:
    """A post and a comment on it, and the stamp of the one to be written, whose version is 1."""
    post = await publish(store)
    if write.to_comment:
        comment = await comment_on(store, post.id)
        return post.id, comment.id, comment.stamp
    return post.id, new_id(), post.stamp


@every_write
async def test_a_write_with_the_current_revision_succeeds(
    store: Store, write: Write, subtests: pytest.Subtests
) -> None:
    for what, seen in SEEN.items():
        with subtests.test(what):
            post_id, comment_id, stamp = await something_at_its_first_version(store, write)
            assert await attempt(write.call(store, post_id, comment_id, seen(stamp))) == "done"
            stale = frozenset({Revision(1, stamp)})
            assert await attempt(write.call(store, post_id, comment_id, stale)) != "done"


@every_write
async def test_a_write_with_an_outdated_revision_changes_nothing(
    store: Store, write: Write, subtests: pytest.Subtests
) -> None:
    post_id, comment_id, stamp = await something_at_its_first_version(store, write)
    before = await read_post(store, post_id)
    for what, seen in NOT_SEEN.items():
        with subtests.test(what):
            assert await attempt(write.call(store, post_id, comment_id, seen(stamp))) == "Stale"
            assert await read_post(store, post_id) == before


@every_write
async def test_a_missing_resource_is_not_found_rather_than_stale(store: Store, write: Write) -> None:
    post = await publish(store)
    there = post.id if write.to_comment else new_id()
    for match in (frozenset[Revision](), frozenset({Revision(1, OTHER)})):
        assert await attempt(write.call(store, there, new_id(), match)) == "NotFound"
        assert await attempt(write.call(store, new_id(), new_id(), match)) == "NotFound"


@every_write
async def test_of_concurrent_writers_with_the_same_revision_exactly_one_succeeds(
    store: Store, write: Write
) -> None:
    for _ in range(12):
        post_id, comment_id, stamp = await something_at_its_first_version(store, write)
        seen = frozenset({Revision(1, stamp)})
        attempts = (attempt(write.call(store, post_id, comment_id, seen)) for _ in range(4))
        outcomes = await asyncio.gather(*attempts)
        assert outcomes.count("done") == 1, outcomes


async def test_of_a_concurrent_change_and_removal_exactly_one_succeeds(store: Store) -> None:
    for _ in range(12):
        post_id, comment_id, stamp = await something_at_its_first_version(store, WRITES["save a comment"])
        seen = frozenset({Revision(1, stamp)})
        of_comment = (save_comment, remove_comment)
        outcomes = await asyncio.gather(
            *(attempt(call(store, post_id, comment_id, seen)) for call in of_comment)
        )
        assert outcomes.count("done") == 1, outcomes
        seen = frozenset({(await read_post(store, post_id)).revision})
        of_post = (save_post, remove_post)
        outcomes = await asyncio.gather(
            *(attempt(call(store, post_id, comment_id, seen)) for call in of_post)
        )
        assert outcomes.count("done") == 1, outcomes


async def test_a_change_of_the_thread_makes_the_post_stale(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    assert await attempt(save_post(store, post.id, comment.id, frozenset({post.revision}))) == "Stale"
    seen = frozenset({(await read_post(store, post.id)).revision})
    await save_comment(store, post.id, comment.id, None)
    assert await attempt(remove_post(store, post.id, comment.id, seen)) == "Stale"
    seen = frozenset({(await read_post(store, post.id)).revision})
    await remove_comment(store, post.id, comment.id, None)
    assert await attempt(save_post(store, post.id, comment.id, seen)) == "Stale"


async def test_a_change_of_the_post_or_a_reply_does_not_make_a_comment_stale(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    await save_post(store, post.id, comment.id, None)
    await comment_on(store, post.id, parent_id=comment.id)
    assert await attempt(save_comment(store, post.id, comment.id, frozenset({comment.revision}))) == "done"


@every_write
async def test_a_new_resource_under_the_same_id_has_another_revision(store: Store, write: Write) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    seen = frozenset({comment.revision if write.to_comment else (await read_post(store, post.id)).revision})
    await store.posts.remove(post.id, match=None)
    await publish(store, id=post.id)
    await comment_on(store, post.id, id=comment.id)
    assert await attempt(write.call(store, post.id, comment.id, seen)) == "Stale"


async def test_a_change_of_the_thread_does_not_change_the_update_time_of_the_post(store: Store) -> None:
    post = await publish(store)
    await comment_on(store, post.id, updated_at=LATER)
    seen = await read_post(store, post.id)
    assert (seen.version, seen.updated_at) == (2, MOMENT)
    await save_post(store, post.id, post.id, None)
    seen = await read_post(store, post.id)
    assert (seen.version, seen.updated_at) == (3, LATER)


async def test_nothing_that_one_writer_adds_is_lost_to_another(store: Store) -> None:
    post = await publish(store, content="")

    async def append_letters(letter: str) -> None:
        for _ in range(5):
            outcome = "Stale"
            while outcome == "Stale":
                seen = await store.posts.get(post.id, comments=0)
                change = PostChange(updated_at=LATER, content=seen.content + letter)
                save = store.posts.save(post.id, change, match=frozenset({seen.revision}), comments=0)
                outcome = await attempt(save)

    await asyncio.gather(*(append_letters(letter) for letter in "abcd"))
    kept = await read_post(store, post.id)
    assert sorted(kept.content) == sorted("abcd" * 5)
    assert kept.version == 21


async def test_every_unconditional_write_counts(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id)
    saves = (save_post(store, post.id, comment.id, None) for _ in range(10))
    edits = (save_comment(store, post.id, comment.id, None) for _ in range(10))
    await asyncio.gather(*saves, *edits)
    kept = await read_post(store, post.id)
    assert (kept.version, kept.comments[0].version) == (22, 11)


async def test_every_change_draws_a_new_stamp(store: Store) -> None:
    post, user = await publish(store), await register(store)
    comment = await comment_on(store, post.id)
    seen = {post.stamp, user.stamp, comment.stamp, (await store.blog.get()).stamp}
    assert len(seen) == 4
    assert all(0 < stamp <= MAX_STAMP for stamp in seen)

    async def keep(record: Record) -> None:
        await store.records.write(Batch(kept=(record,)))

    read_comment = partial(store.comments.get, post.id, comment.id)
    rename = UserChange(updated_at=LATER, name="New")
    open_up = BlogChange(updated_at=LATER, comment_policy=CommentPolicy.OPEN)
    changes: list[tuple[Callable[[], Awaitable[object]], Callable[[], Awaitable[Stamped]]]] = [
        (lambda: save_post(store, post.id, comment.id, None), lambda: read_post(store, post.id)),
        (lambda: comment_on(store, post.id), lambda: read_post(store, post.id)),
        (lambda: save_comment(store, post.id, comment.id, None), lambda: read_post(store, post.id)),
        (lambda: save_comment(store, post.id, comment.id, None), read_comment),
        (lambda: store.users.save(user.id, rename, match=None), lambda: store.users.get(user.id)),
        (lambda: store.blog.save(open_up, match=None), store.blog.get),
        (lambda: keep(replace(post, comment_count=2)), lambda: read_post(store, post.id)),
        (lambda: keep(comment), read_comment),
        (lambda: keep(user), lambda: store.users.get(user.id)),
        (lambda: remove_comment(store, post.id, comment.id, None), lambda: read_post(store, post.id)),
    ]
    for change, read in changes:
        await change()
        stamp = (await read()).stamp
        assert stamp not in seen
        seen.add(stamp)
