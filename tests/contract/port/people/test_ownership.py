"""A write may require an owner; the database checks it in the statement that writes."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.comment_preconditions import EditCredential
from everpost.domain.comments import Comment, CommentChange
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import PostChange
from everpost.domain.revisions import ExpectedRevisions, Revision
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, comment_on, publish, read_post, register
from tests.contract.refusals import attempt

STALE = frozenset({Revision(7, 1)})
KEY, OTHER_KEY = "a" * 64, "b" * 64
BEFORE = MOMENT - timedelta(milliseconds=1)


async def save_post(store: Store, id: Id, owner_id: Id | None, match: ExpectedRevisions) -> object:
    change = PostChange(updated_at=LATER, title="New", slug="taken", author_id=new_id())
    return await store.posts.save(id, change, match=match, comments=0, owner_id=owner_id)


async def remove_post(store: Store, id: Id, owner_id: Id | None, match: ExpectedRevisions) -> None:
    await store.posts.remove(id, match=match, owner_id=owner_id)


async def edit_comment(
    store: Store, post_id: Id, id: Id, credential: EditCredential, match: ExpectedRevisions
) -> object:
    change = CommentChange(updated_at=LATER, content="New")
    return await store.comments.save(post_id, id, change, match=match, credential=credential)


async def remove_comment(
    store: Store, post_id: Id, id: Id, credential: EditCredential, match: ExpectedRevisions
) -> None:
    await store.comments.remove(post_id, id, match=match, credential=credential)


WriteToPost = Callable[[Store, Id, Id | None, ExpectedRevisions], Awaitable[object]]
WriteToComment = Callable[[Store, Id, Id, EditCredential, ExpectedRevisions], Awaitable[object]]
every_write_to_a_post = pytest.mark.parametrize("write", [save_post, remove_post])
every_write_to_a_comment = pytest.mark.parametrize("write", [edit_comment, remove_comment])


@every_write_to_a_post
async def test_a_post_is_changed_only_by_its_owner(store: Store, write: WriteToPost) -> None:
    ada, bob = await register(store), await register(store)
    own, of_nobody = await publish(store, author=ada.author), await publish(store)
    for post in (own, of_nobody):
        for owner_id in (bob.id, new_id(), post.id):
            for match in (None, STALE, frozenset({post.revision})):
                assert await attempt(write(store, post.id, owner_id, match)) == "Forbidden"
    assert await attempt(write(store, of_nobody.id, ada.id, None)) == "Forbidden"
    assert await attempt(write(store, new_id(), ada.id, STALE)) == "NotFound post"
    assert await attempt(write(store, own.id, ada.id, STALE)) == "Stale post"
    assert await read_post(store, own.id) == own
    assert await read_post(store, of_nobody.id) == of_nobody


async def test_the_owner_of_a_post_can_change_it(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author)
    change = PostChange(updated_at=LATER, title="New")
    saved = await store.posts.save(
        post.id, change, match=frozenset({post.revision}), comments=0, owner_id=ada.id
    )
    assert saved == replace(post, title="New", updated_at=LATER, version=2)
    given = PostChange(updated_at=LATER, author_id=bob.id)
    await store.posts.save(post.id, given, match=None, comments=0, owner_id=ada.id)
    assert await attempt(remove_post(store, post.id, ada.id, None)) == "Forbidden"
    assert await attempt(remove_post(store, post.id, bob.id, None)) == "done"


async def test_a_refused_change_of_a_post_reports_the_first_reason(store: Store) -> None:
    ada = await register(store)
    taken = await publish(store, slug="taken")
    post = await publish(store, author=ada.author)
    assert await attempt(save_post(store, new_id(), new_id(), STALE)) == "NotFound post"
    assert await attempt(save_post(store, post.id, new_id(), STALE)) == "Forbidden"
    assert await attempt(save_post(store, post.id, ada.id, STALE)) == "Stale post"
    assert await attempt(save_post(store, post.id, ada.id, None)) == "Conflict post slug"
    await store.posts.remove(taken.id, match=None)
    assert await attempt(save_post(store, post.id, ada.id, None)) == "Invalid author_id"
    assert await read_post(store, post.id) == post


async def test_during_a_change_of_owner_only_one_owner_changes_a_post(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    for _ in range(8):
        post = await publish(store, author=ada.author)
        give = PostChange(updated_at=LATER, author_id=bob.id)
        rename = PostChange(updated_at=LATER, title="New")
        outcomes = await asyncio.gather(
            attempt(store.posts.save(post.id, give, match=None, comments=0, owner_id=ada.id)),
            attempt(store.posts.save(post.id, rename, match=None, comments=0, owner_id=bob.id)),
            attempt(store.posts.save(post.id, rename, match=None, comments=0, owner_id=ada.id)),
        )
        assert outcomes[0] == "done"
        assert set(outcomes[1:]) <= {"done", "Forbidden"}
        kept = await read_post(store, post.id)
        assert kept.version == 1 + outcomes.count("done")
        assert kept.author == bob.author


async def two_comments(store: Store) -> tuple[Id, Comment, Comment, Id]:
    """A post with a comment by a user and one by a guest, and the user."""
    ada = await register(store)
    post = await publish(store)
    by_user = await comment_on(store, post.id, author=ada.author)
    by_guest = await comment_on(store, post.id, guest_name="Guest", key_digest=KEY)
    return post.id, by_user, by_guest, ada.id


@every_write_to_a_comment
async def test_a_comment_is_changed_by_the_holder_of_its_credential(
    store: Store, write: WriteToComment
) -> None:
    post_id, by_user, by_guest, ada_id = await two_comments(store)
    again = await comment_on(store, post_id, guest_name="Guest", key_digest=OTHER_KEY)
    user, guest = EditCredential(since=MOMENT, author_id=ada_id), EditCredential(since=BEFORE, key_digest=KEY)
    both = EditCredential(since=MOMENT, author_id=new_id(), key_digest=OTHER_KEY)
    assert await attempt(write(store, post_id, by_user.id, user, frozenset({by_user.revision}))) == "done"
    assert await attempt(write(store, post_id, by_guest.id, guest, None)) == "done"
    assert await attempt(write(store, post_id, again.id, both, None)) == "done"


@every_write_to_a_comment
async def test_a_comment_is_changed_by_no_other_credential(store: Store, write: WriteToComment) -> None:
    post_id, by_user, by_guest, ada_id = await two_comments(store)
    by_nobody = await comment_on(store, post_id)
    bob = await register(store)
    before = await read_post(store, post_id)
    for comment, credentials in (
        (
            by_user,
            [
                EditCredential(since=BEFORE, author_id=bob.id, key_digest=KEY),
                EditCredential(since=BEFORE, key_digest=KEY),
            ],
        ),
        (
            by_guest,
            [
                EditCredential(since=BEFORE, author_id=ada_id),
                EditCredential(since=BEFORE, key_digest=OTHER_KEY),
            ],
        ),
        (
            by_nobody,
            [EditCredential(since=BEFORE, author_id=ada_id, key_digest=KEY), EditCredential(since=BEFORE)],
        ),
        (by_user, [EditCredential(since=BEFORE)]),
        (by_guest, [EditCredential(since=BEFORE)]),
    ):
        for credential in credentials:
            for match in (None, STALE):
                assert await attempt(write(store, post_id, comment.id, credential, match)) == "Forbidden"
    assert await read_post(store, post_id) == before


@every_write_to_a_comment
async def test_a_writer_changes_a_comment_only_for_a_limited_time(
    store: Store, write: WriteToComment
) -> None:
    post_id, by_user, by_guest, ada_id = await two_comments(store)
    before = await read_post(store, post_id)
    for comment, credential in (
        (by_user, EditCredential(since=LATER, author_id=ada_id)),
        (by_guest, EditCredential(since=LATER, key_digest=KEY)),
    ):
        for match in (None, STALE):
            assert await attempt(write(store, post_id, comment.id, credential, match)) == "Forbidden"
        assert await read_post(store, post_id) == before
    young = EditCredential(since=MOMENT, author_id=ada_id)
    assert await attempt(write(store, post_id, by_user.id, young, None)) == "done"


@every_write_to_a_comment
async def test_a_refused_change_of_a_comment_reports_the_first_reason(
    store: Store, write: WriteToComment
) -> None:
    post_id, by_user, by_guest, ada_id = await two_comments(store)
    await comment_on(store, post_id, parent_id=by_guest.id)
    await store.comments.remove(post_id, by_guest.id, match=None)
    other = await publish(store)
    credential, wrong = (
        EditCredential(since=MOMENT, author_id=ada_id, key_digest=KEY),
        EditCredential(since=MOMENT, author_id=new_id()),
    )
    for each in (credential, wrong):
        assert await attempt(write(store, new_id(), by_user.id, each, STALE)) == "NotFound post"
        assert await attempt(write(store, other.id, by_user.id, each, STALE)) == "NotFound comment"
        assert await attempt(write(store, post_id, new_id(), each, STALE)) == "NotFound comment"
        for match in (None, STALE):
            assert await attempt(write(store, post_id, by_guest.id, each, match)) == "NotFound comment"
    assert await attempt(write(store, post_id, by_user.id, wrong, STALE)) == "Forbidden"
    assert await attempt(write(store, post_id, by_user.id, credential, STALE)) == "Stale comment"
