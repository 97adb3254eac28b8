"""A blog with all kinds of content, and ways to move it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from everpost.domain.blog import BlogChange
from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.tokens import Scope, Token
from everpost.domain.people.users import Author, User
from everpost.domain.posts import Post, PostFormat, PostStatus
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Batch, Record
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    MOMENT,
    a_comment,
    a_post,
    comment_on,
    numbered,
    publish,
    read_post,
    read_thread,
    register,
)
from tests.contract.port.mirrored import read_queue
from tests.stores.mongo.blog import Thread

Written = TypeVar("Written", Post, Comment)


async def fill(store: Store) -> None:
    """Add users with tokens, a removed user, drafts, and threads with many changes."""
    ada, bob, gone = [await register(store, id=numbered(number)) for number in (1, 2, 3)]
    for number, owner in enumerate((bob, ada, bob)):
        await store.tokens.add(a_token(numbered(10 - number), owner))
    await publish(store, id=numbered(20), author=gone.author, tags=("b", "a"))
    draft = a_post(id=numbered(21), author=ada.author, status=PostStatus.DRAFT)
    await store.posts.add(
        replace(draft, format=PostFormat.HTML, summary="Short", comment_policy=CommentPolicy.CLOSED)
    )
    await comment_on(store, numbered(20), id=numbered(22), author=gone.author)
    await comment_on(store, numbered(20), id=numbered(23), author=bob.author)
    await store.users.remove(gone.id, heir_id=ada.id, match=None)
    for number in (30, 31):
        await publish(store, id=numbered(number))
        await Thread(store, numbered(number), seed=number).change(30)
    change = BlogChange(updated_at=LATER, comment_policy=CommentPolicy.OPEN)
    await store.blog.save(change, match=None)


def a_token(id: Id, owner: User) -> Token:
    scopes = frozenset({Scope.ADMIN, Scope.ACCOUNT})
    return Token(id=id, user_id=owner.id, name="Token", scopes=scopes, digest=f"{id:0>64}", created_at=MOMENT)


def a_thread(post_id: Id, length: int, *, first: int = 10**6, content: str = "Content") -> Sequence[Comment]:
    """A thread with increasing dates: each comment replies to the third one before it, if there is one."""
    comments: list[Comment] = []
    for number in range(length):
        parent = None if number < 3 else comments[number - 3]
        comments.append(
            a_comment(
                post_id,
                id=numbered(first + number),
                content=content,
                publication_date=MOMENT + timedelta(seconds=number),
                parent_id=None if parent is None else parent.id,
                depth=number // 3,
                reply_count=int(number + 3 < length),
            )
        )
    return comments


async def records_of(store: Store) -> Sequence[Record]:
    """All records of the blog, in order."""
    async with store.records.snapshot() as snapshot:
        records = [record async for batch in snapshot.records() for record in batch]
        for kind in KINDS:
            number = sum(isinstance(record, kind.type) for record in records)
            assert (await snapshot.count())[kind.name] == number
    return records


async def write(store: Store, records: Sequence[Record], *, size: int) -> None:
    """Write the records in batches of this size."""
    for start in range(0, len(records), size):
        await store.records.write(Batch(kept=records[start : start + size]))


def threads_in(records: Iterable[Record]) -> Mapping[Id, Mapping[Id, Comment]]:
    """The comments by post."""
    threads: dict[Id, dict[Id, Comment]] = {}
    for record in records:
        if isinstance(record, Post):
            threads[record.id] = {}
        elif isinstance(record, Comment):
            assert record.id not in threads[record.post_id], "a comment occurs twice"
            threads[record.post_id][record.id] = record
    return threads


async def assert_reads_as(store: Store, records: Sequence[Record]) -> None:
    """Assert that all ways of reading the blog return the same."""
    authors = {record.id: record.author for record in records if isinstance(record, User)}
    everything: list[Comment] = []
    for post in [record for record in records if isinstance(record, Post)]:
        in_order = [_named(each, authors) for each in records if isinstance(each, Comment)]
        in_order = [each for each in in_order if each.post_id == post.id]
        shown = tuple(comment for comment in in_order if comment.is_shown)
        assert await read_post(store, post.id) == replace(_named(post, authors), comments=shown[:100])
        assert tuple(await read_thread(store, post.id, limit=7)) == shown
        for comment in in_order:
            assert await store.comments.find(comment.id) == comment
        everything += in_order
    everything.sort(key=lambda comment: comment.position, reverse=True)
    for status in CommentStatus:
        waiting = [comment for comment in everything if comment.status is status]
        assert await read_queue(store, status, limit=7) == waiting


def _named(record: Written, authors: Mapping[Id, Author]) -> Written:
    return record if record.author is None else replace(record, author=authors[record.author.id])
