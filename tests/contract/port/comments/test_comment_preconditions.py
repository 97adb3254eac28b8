"""The preconditions of a comment are checked in the statement that writes it, not before."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from everpost.domain.blog import BlogChange
from everpost.domain.comment_preconditions import CommentPreconditions, EditCredential
from everpost.domain.comments import Comment, CommentChange, CommentPolicy, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.people.names import imitated_keys
from everpost.domain.people.users import UserChange
from everpost.domain.posts import Audience, PostChange, PostStatus
from everpost.errors import EverpostError, Invalid, NotFound, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    MOMENT,
    a_comment,
    comment_on,
    publish,
    read_post,
    read_thread,
    register,
)
from tests.contract.refusals import describe, raises

OPEN, CLOSED, MODERATED = CommentPolicy.OPEN, CommentPolicy.CLOSED, CommentPolicy.MODERATED
PUBLIC, EVERYTHING = Audience(moment=LATER), Audience(moment=LATER, sees_all=True)
KEY = "a" * 64


def preconditions(
    policy: CommentPolicy = OPEN, audience: Audience = PUBLIC, name: str = ""
) -> CommentPreconditions:
    return CommentPreconditions(
        policies=frozenset({policy}),
        audience=audience,
        name_keys=imitated_keys(name) if name else frozenset(),
    )


async def refusal(store: Store, post_id: Id, context: CommentPreconditions) -> EverpostError | None:
    """The error with which the post refuses a new comment and an edit under these preconditions."""
    before = await read_post(store, post_id)
    comment = before.comments[0]
    credential = EditCredential(since=MOMENT, key_digest=KEY, preconditions=context)
    calls = [
        store.comments.save(post_id, comment.id, change, match=None, credential=credential)
        for change in (
            CommentChange(updated_at=LATER, content="Changed"),
            CommentChange(updated_at=LATER, content="Changed", status=CommentStatus.APPROVED),
        )
    ]
    ends = await asyncio.gather(
        store.comments.add(a_comment(post_id), preconditions=context), *calls, return_exceptions=True
    )
    refused = {describe(end): end for end in ends if isinstance(end, EverpostError)}
    assert len(refused) <= 1
    if not refused:
        return None
    assert len([end for end in ends if isinstance(end, EverpostError)]) == 3
    assert await read_post(store, post_id) == before
    return next(iter(refused.values()))


DRAFT, PUBLISHED = PostStatus.DRAFT, PostStatus.PUBLISHED
LATEST = LATER + timedelta(days=1)
INHERIT: Literal["inherit"] = "inherit"


@pytest.mark.parametrize(
    ("change", "context", "is_good"),
    [
        (PostChange(updated_at=LATER, comment_policy=INHERIT), preconditions(MODERATED), True),
        (PostChange(updated_at=LATER, comment_policy=INHERIT), preconditions(OPEN), False),
        (PostChange(updated_at=LATER, title="Another"), preconditions(OPEN), True),
        (PostChange(updated_at=LATER, comment_policy=MODERATED), preconditions(OPEN), False),
        (PostChange(updated_at=LATER, comment_policy=CLOSED), preconditions(OPEN), False),
        (PostChange(updated_at=LATER, status=DRAFT), preconditions(OPEN), False),
        (PostChange(updated_at=LATER, status=DRAFT), preconditions(OPEN, EVERYTHING), True),
        (PostChange(updated_at=LATER, publication_date=LATEST), preconditions(OPEN), False),
        (PostChange(updated_at=LATER, publication_date=LATEST), preconditions(OPEN, EVERYTHING), True),
    ],
)
async def test_a_changed_post_accepts_comments_by_its_new_state(
    store: Store, change: PostChange, context: CommentPreconditions, is_good: bool
) -> None:
    post = await publish(store, comment_policy=OPEN)
    await comment_on(store, post.id, key_digest=KEY)
    await store.posts.save(post.id, change, match=None, comments=0)
    refused = await refusal(store, post.id, context)
    assert refused is None if is_good else describe(refused) == "Stale post"


async def test_the_policy_of_the_blog_is_that_of_posts_without_one(store: Store) -> None:
    post, own = await publish(store), await publish(store, comment_policy=OPEN)
    for each in (post, own):
        await comment_on(store, each.id, key_digest=KEY)
    await store.blog.save(BlogChange(updated_at=LATER, comment_policy=OPEN), match=None)
    assert await refusal(store, post.id, preconditions(OPEN)) is None
    await store.blog.save(BlogChange(updated_at=LATER, comment_policy=CLOSED), match=None)
    assert isinstance(await refusal(store, post.id, preconditions(OPEN)), Stale)
    assert await refusal(store, own.id, preconditions(OPEN)) is None


async def test_authors_comment_only_on_their_own_drafts(store: Store) -> None:
    author, heir = await register(store), await register(store)
    post = await publish(store, status=DRAFT, author=author.author, comment_policy=OPEN)
    await comment_on(store, post.id, key_digest=KEY)
    own, others = (preconditions(OPEN, Audience(moment=LATER, author_id=each.id)) for each in (author, heir))
    assert await refusal(store, post.id, own) is None
    assert isinstance(await refusal(store, post.id, others), Stale)
    await store.users.remove(author.id, heir_id=heir.id, match=None)
    assert isinstance(await refusal(store, post.id, own), Stale)
    assert await refusal(store, post.id, others) is None


async def test_a_guest_name_that_looks_like_a_user_is_refused(store: Store) -> None:
    post = await publish(store, comment_policy=OPEN)
    user = await register(store, name="Ada Admin")

    async def comes_as(name: str) -> Comment:
        comment = a_comment(post.id, guest_name=name)
        return await store.comments.add(comment, preconditions=preconditions(name=name))

    for name in ("Ada Admin", "ADA  ADMIN", "\u0410da Adm1n"):
        with raises(Invalid, field="name"):
            await comes_as(name)
    assert (await comes_as("Bea")).guest_name == "Bea"
    renamed = await store.users.save(user.id, UserChange(updated_at=LATER, name="Bea"), match=None)
    with raises(Invalid, field="name"):
        await comes_as("Bea")
    assert (await comes_as("Ada Admin")).guest_name == "Ada Admin"
    await store.users.remove(renamed.id, heir_id=None, match=None)
    assert (await comes_as("Bea")).guest_name == "Bea"


async def test_concurrent_comments_are_checked_independently(store: Store) -> None:
    post = await publish(store, comment_policy=OPEN)
    await register(store, name="Ada")
    grounds = [
        preconditions(OPEN),
        preconditions(CLOSED),
        None,
        preconditions(MODERATED),
        preconditions(name="Ada"),
    ] * 5
    ends = await asyncio.gather(
        *(store.comments.add(a_comment(post.id), preconditions=each) for each in grounds),
        return_exceptions=True,
    )
    assert [*map(describe, ends)] == ["Comment", "Stale post", "Comment", "Stale post", "Invalid name"] * 5
    assert len(await read_thread(store, post.id)) == 10


async def test_a_missing_post_is_not_found_rather_than_stale(store: Store) -> None:
    comment = a_comment(new_id())
    with raises(NotFound, "post"):
        await store.comments.add(comment, preconditions=preconditions(name="Ada"))
    credential = EditCredential(since=MOMENT, key_digest=KEY, preconditions=preconditions())
    change = CommentChange(updated_at=LATER, content="Changed")
    with raises(NotFound, "post"):
        await store.comments.save(comment.post_id, comment.id, change, match=None, credential=credential)


async def test_the_editor_of_another_users_comment_is_recorded(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id, guest_name="Gus", key_digest=KEY)
    editor_id = new_id()
    edit = CommentChange(updated_at=LATER, content="Other words", editor_id=editor_id)
    edited = await store.comments.save(post.id, comment.id, edit, match=None)
    expected = replace(
        comment, content="Other words", version=2, updated_at=LATER, editor_id=editor_id, edited_at=LATER
    )
    assert edited == expected
    own = CommentChange(updated_at=LATER + timedelta(1), content="Own words", status=CommentStatus.PENDING)
    again = await store.comments.save(post.id, comment.id, own, match=None)
    assert (again.editor_id, again.edited_at) == (editor_id, LATER)
    assert await store.comments.get(post.id, comment.id) == again
    await comment_on(store, post.id, parent_id=(await comment_on(store, post.id)).id)
    approved = CommentChange(updated_at=LATER, status=CommentStatus.APPROVED)
    await store.comments.save(post.id, comment.id, approved, match=None)
    await comment_on(store, post.id, parent_id=comment.id)
    await store.comments.remove(post.id, comment.id, match=None)
    erased = await store.comments.get(post.id, comment.id)
    assert (erased.status, erased.editor_id, erased.edited_at) == (CommentStatus.REMOVED, None, None)
