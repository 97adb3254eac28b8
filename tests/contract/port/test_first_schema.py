"""A blog goes back to the first schema, and comes again: what anybody could see is as it was."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from everpost.domain.comments import Comment, CommentChange, CommentPolicy, CommentStatus
from everpost.domain.posts import PostStatus
from everpost.errors import DataLoss
from everpost.stores import open_schema, open_store
from everpost.stores.port import Store
from everpost.stores.schema import Schema, SchemaState
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    a_comment,
    a_post,
    comment_on,
    numbered,
    publish,
    publish_thread,
    read_post,
    read_posts,
    read_thread,
    register,
)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await open_store(url, timeout=10, pool_size=2)
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def schema(database_url: str) -> AsyncIterator[Schema]:
    """The schema of a fresh database."""
    schema = open_schema(database_url, timeout=10)
    yield schema
    await schema.close()


async def go_back_and_come_again(schema: Schema, *, allow_data_loss: bool = False) -> None:
    await schema.migrate(schema.history()[0].revision, allow_data_loss=allow_data_loss)
    assert await schema.state() is SchemaState.BEHIND
    assert list(await schema.differences()) == []
    await schema.migrate("head")
    assert await schema.state() is SchemaState.CURRENT
    assert list(await schema.differences()) == []


async def test_posts_and_comments_that_anybody_sees_are_as_they_were(
    schema: Schema, database_url: str
) -> None:
    async with opened(database_url) as store:
        roots = [a_comment(numbered(1)) for _ in range(170)]
        for number in range(5):
            post = a_post(
                id=numbered(number), slug=f"slüg {number}", tags=("b", "a"), publication_date=MOMENT
            )
            await publish_thread(store, post, roots if number == 1 else [])
        answer = await comment_on(store, numbered(1), parent_id=roots[80].id)
        await comment_on(store, numbered(1), parent_id=answer.id, publication_date=LATER)
        posts, thread = await read_posts(store), await read_thread(store, numbered(1))
        tags = await read_posts(store, replace(EVERYBODY, tag="a"))
    assert not any(step.loses for step in await schema.plan(schema.history()[0].revision))
    await go_back_and_come_again(schema)
    async with opened(database_url) as store:
        assert await read_posts(store) == posts
        assert await read_posts(store, replace(EVERYBODY, tag="a")) == tags
        assert await read_thread(store, numbered(1)) == thread
        assert (await store.blog.get()).comment_policy is CommentPolicy.MODERATED
        await comment_on(store, numbered(1), parent_id=answer.id)


async def test_who_wrote_them_is_not_known_and_what_was_hidden_is_gone(
    schema: Schema, database_url: str
) -> None:
    async with opened(database_url) as store:
        ada = await register(store)
        post = await publish(store, author=ada.author, comment_policy=CommentPolicy.OPEN)
        comment = await comment_on(store, post.id, author=ada.author)
        for put in HIDDEN:
            await put(store)
    await go_back_and_come_again(schema, allow_data_loss=True)
    assert not any(step.loses for step in await schema.plan(schema.history()[0].revision))
    async with opened(database_url) as store:
        kept = await read_post(store, post.id)
        assert (kept.author, kept.comment_policy, kept.title) == (None, None, post.title)
        assert kept.comments == (replace(comment, author=None),)
        assert await store.users.find(ada.email) is None


async def test_hidden_comments_are_gone_and_what_answers_them_stays(
    schema: Schema, database_url: str
) -> None:
    async with opened(database_url) as store:
        post = await publish(store)
        roots = [await comment_on(store, post.id, id=numbered(number)) for number in range(4)]
        answers = [
            await comment_on(
                store, post.id, id=numbered(10 + number), parent_id=root.id, publication_date=LATER
            )
            for number, root in enumerate(roots)
        ]
        for root, status in zip(roots[1:3], (CommentStatus.PENDING, CommentStatus.SPAM), strict=True):
            change = CommentChange(updated_at=LATER, status=status)
            await store.comments.save(post.id, root.id, change, match=None)
        await store.comments.remove(post.id, roots[3].id, match=None)
        await comment_on(store, post.id, id=numbered(20), status=CommentStatus.PENDING)
    await go_back_and_come_again(schema, allow_data_loss=True)
    async with opened(database_url) as store:
        thread = await read_thread(store, post.id)
        assert thread == [
            replace(roots[0], reply_count=1),
            *(tombstone_before(answer) for answer in answers[1:]),
            *answers,
        ]
        assert await store.comments.find(numbered(20)) is None
        assert (await read_post(store, post.id)).comment_count == 5


def tombstone_before(answer: Comment) -> Comment:
    """What is put where an answer says that there was a comment."""
    assert answer.parent_id is not None
    return replace(
        answer,
        id=answer.parent_id,
        parent_id=None,
        depth=0,
        reply_count=1,
        content="",
        status=CommentStatus.REMOVED,
    )


async def a_draft(store: Store) -> None:
    await publish(store, status=PostStatus.DRAFT)


async def a_user(store: Store) -> None:
    await register(store)


async def a_pending_comment(store: Store) -> None:
    await comment_on(store, (await publish(store)).id, status=CommentStatus.PENDING)


async def spam_in_a_long_thread(store: Store) -> None:
    post = a_post()
    statuses = [CommentStatus.SPAM if number == 120 else CommentStatus.APPROVED for number in range(170)]
    await publish_thread(store, post, [a_comment(post.id, status=status) for status in statuses])


HIDDEN = [a_draft, a_user, a_pending_comment, spam_in_a_long_thread]
"""What the first schema cannot keep."""


@pytest.mark.parametrize("put", HIDDEN)
async def test_one_thing_that_the_first_schema_cannot_keep_is_enough_to_refuse(
    store: Store, blog_url: str, put: Callable[[Store], Awaitable[None]]
) -> None:
    await put(store)
    schema = open_schema(blog_url, timeout=10)
    try:
        first = schema.history()[0].revision
        assert any(step.loses for step in await schema.plan(first))
        with pytest.raises(DataLoss):
            await schema.migrate(first)
        assert await schema.state() is SchemaState.CURRENT
    finally:
        await schema.close()
