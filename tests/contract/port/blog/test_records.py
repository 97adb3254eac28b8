"""A whole blog as records: read as a consistent snapshot, and written unchanged."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.media.files import MediaFile
from everpost.domain.people.passkeys import Passkey
from everpost.domain.people.tokens import Token
from everpost.domain.people.users import User
from everpost.domain.posts import Post, PostChange, PostFilter
from everpost.domain.records import Batch, Record, Transfer
from everpost.domain.writing.working_copies import WorkingCopy
from everpost.errors import Conflict, Unfinished
from everpost.stores import open_store
from everpost.stores.port import Store
from tests.contract.port.blog.files_and_revisions import MEDIA
from tests.contract.port.blog.values import ANN, OTTO, by
from tests.contract.port.blog.whole_blogs import COUNTS, TOKENS, a_whole_blog, changed, fill, records_of
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    a_user,
    comment_on,
    numbered,
    publish,
    read_post,
    read_posts,
    read_thread,
    register,
)
from tests.contract.refusals import describe, raises

ORIGIN = "1" * 64
DIGEST = "2" * 64


async def test_an_empty_blog_is_its_settings(store: Store) -> None:
    assert await records_of(store) == [await store.blog.get()]
    async with store.records.snapshot() as snapshot:
        assert await snapshot.count() == dict.fromkeys(COUNTS, 0) | {"settings": 1}


@pytest.mark.parametrize("at_once", [1, 7, 1_000])
async def test_records_are_read_as_written_and_in_order(store: Store, at_once: int) -> None:
    blog = a_whole_blog()
    await fill(store, blog, at_once=at_once)
    assert await records_of(store) == blog
    async with store.records.snapshot() as snapshot:
        assert await snapshot.count() == COUNTS


async def test_a_batch_that_is_written_again_changes_nothing(store: Store) -> None:
    blog = a_whole_blog()
    await fill(store, blog)
    await fill(store, blog, at_once=5)
    assert await records_of(store) == blog


async def test_written_records_equal_a_blog_that_was_built_one_by_one(store: Store) -> None:
    await fill(store, a_whole_blog())
    assert (await store.users.get(ANN.id)) == ANN
    assert (await store.users.find("ann@EXAMPLE.org")) == ANN
    assert await store.tokens.find(TOKENS[0].digest) == (TOKENS[0], ANN)
    post = await read_post(store, numbered(1))
    assert post.author is not None
    assert (post.author.name, post.author.is_disabled) == (ANN.name, False)
    assert [comment.id for comment in post.comments] == [numbered(100 + each) for each in (0, 1, 2, 5)]
    assert list(post.comments) == list(await read_thread(store, post.id))
    assert [
        each.id for each in await read_posts(store, PostFilter(audience=EVERYBODY.audience, tag="a"))
    ] == [numbered(1)]
    added = await comment_on(store, numbered(1), parent_id=numbered(105))
    assert added.depth == 2
    assert (await store.comments.get(numbered(1), numbered(105))).reply_count == 1
    await store.posts.remove(numbered(4), match=None)
    assert await store.comments.find(numbered(200)) is None


async def test_a_blog_that_was_built_one_by_one_is_copied_unchanged(store: Store) -> None:
    author = await register(store)
    post = await publish(store, tags=("a",), author=author.author)
    first = await comment_on(store, post.id, author=author.author)
    await comment_on(store, post.id, parent_id=first.id, publication_date=MOMENT + timedelta(seconds=1))
    await store.comments.remove(post.id, first.id, match=None)
    records = await records_of(store)
    await store.posts.remove(post.id, match=None)
    await store.users.remove(author.id, heir_id=None, match=None)
    await fill(store, records)
    assert await records_of(store) == records
    assert [each.status for each in await read_thread(store, post.id)] == [
        CommentStatus.REMOVED,
        CommentStatus.APPROVED,
    ]


async def test_a_removed_user_is_null_in_a_record(store: Store) -> None:
    author, heir = await register(store, id=numbered(1)), await register(store, id=numbered(2))
    post = await publish(store, author=author.author)
    await comment_on(store, post.id, author=author.author, editor_id=author.id, edited_at=LATER)
    await store.users.remove(author.id, heir_id=heir.id, match=None)
    _, only, inherited, comment = await records_of(store)
    assert only == heir
    assert isinstance(inherited, Post)
    assert inherited.author == by(heir)
    assert isinstance(comment, Comment)
    assert (comment.author, comment.editor_id, comment.edited_at) == (None, None, LATER)


async def test_erasing_a_record_erases_its_dependents(store: Store) -> None:
    blog = a_whole_blog()
    await fill(store, blog)
    gone = [record for record in blog if record == OTTO or getattr(record, "id", "") == numbered(1)]
    await store.records.write(Batch(erased=gone))
    left = await records_of(store)
    assert [each for each in left if isinstance(each, User | Token)] == [ANN, TOKENS[0]]
    posts = [each for each in left if isinstance(each, Post)]
    assert [post.id for post in posts] == [numbered(2), numbered(3), numbered(4)]
    assert posts[0].author is None
    copies = [each for each in left if isinstance(each, WorkingCopy)]
    assert [copy.user_id for copy in copies] == [ANN.id] * 2
    keys = [each for each in left if isinstance(each, Passkey)]
    assert [key.user_id for key in keys] == [ANN.id]
    files = [each for each in left if isinstance(each, MediaFile)]
    assert files == [*MEDIA[:2], replace(MEDIA[2], author=None)]
    assert len(left) == 1 + 2 + 3 + 3 + 8 + 2 + 2 + 1
    assert await store.comments.find(numbered(100)) is None


async def test_only_the_given_comment_is_erased(store: Store) -> None:
    post, other = await publish(store, id=numbered(1)), await publish(store, id=numbered(2))
    comment = await comment_on(store, post.id)
    for wrong in (replace(comment, post_id=other.id), replace(comment, publication_date=LATER)):
        await store.records.write(Batch(erased=[wrong]))
        assert (await store.comments.find(comment.id)) == comment
    await store.records.write(Batch(erased=[comment]))
    assert await store.comments.find(comment.id) is None


async def test_posts_swap_their_slugs_in_one_batch_and_in_two(store: Store) -> None:
    one, two = (
        await publish(store, id=numbered(1), slug="one"),
        await publish(store, id=numbered(2), slug="two"),
    )
    swapped = [replace(one, slug="two"), replace(two, slug="one")]
    await store.records.write(Batch(kept=swapped))
    assert [getattr(each, "slug", None) for each in (await records_of(store))[1:]] == ["two", "one"]
    for post in (one, two):
        await store.records.write(Batch(kept=[post]))
    assert (await records_of(store))[1:] == [one, two]
    assert await store.posts.find("one", comments=0) == one


async def test_users_swap_their_addresses_and_tokens_their_digests(store: Store) -> None:
    ann, bob = a_user(id=numbered(1), email="Ann@a.example"), a_user(id=numbered(2), email="bob@a.example")
    tokens = [replace(TOKENS[0], user_id=ann.id), replace(TOKENS[1], user_id=bob.id)]
    await fill(store, [ann, bob, *tokens])
    swapped = [replace(ann, email="bob@a.example"), replace(bob, email="ann@a.example")]
    turned = [replace(tokens[0], digest=tokens[1].digest), replace(tokens[1], digest=tokens[0].digest)]
    records: list[Record] = [*swapped, *turned]
    for record in records:
        await store.records.write(Batch(kept=[record]))
    assert (await records_of(store))[1:] == records
    assert (await store.users.find("ANN@a.example")) == swapped[1]
    assert await store.tokens.find(tokens[0].digest) == (turned[1], swapped[1])


async def test_a_comment_moves_to_another_post_with_its_id(store: Store) -> None:
    post, other = await publish(store, id=numbered(1)), await publish(store, id=numbered(2))
    comment = await comment_on(store, other.id)
    moved = replace(comment, post_id=post.id)
    await store.records.write(Batch(kept=[replace(post, comment_count=1), moved]))
    await store.records.write(Batch(kept=[other], erased=[comment]))
    assert (await records_of(store))[1:] == [replace(post, comment_count=1), moved, other]
    assert list(await read_thread(store, post.id)) == [moved]


async def test_a_record_is_replaced_by_a_different_one(store: Store) -> None:
    blog = a_whole_blog()
    await fill(store, blog)
    others: list[Record] = [changed(record) for record in blog]
    await fill(store, others, at_once=3)
    assert await records_of(store) == others
    tag = await read_posts(store, PostFilter(audience=EVERYBODY.audience, tag="another tag"))
    assert len(tag) == 2


async def test_a_snapshot_does_not_see_later_writes(store: Store) -> None:
    posts = [await publish(store, id=numbered(number)) for number in range(1, 21)]
    before = await records_of(store)
    async with store.records.snapshot() as snapshot:
        seen: list[Record] = []
        async for batch in snapshot.records():
            if not seen:
                await publish(store, id=numbered(30))
                await comment_on(store, posts[-1].id)
                await store.posts.remove(posts[-2].id, match=None)
                change = PostChange(updated_at=LATER, title="Another")
                await store.posts.save(posts[-3].id, change, match=None, comments=0)
            seen += batch
        assert (await snapshot.count())["post"] == 20
    assert seen == before
    assert len(await records_of(store)) == len(before) + 2  # the changed post has a revision now


async def test_a_snapshot_is_consistent_during_concurrent_writes(store: Store) -> None:
    """The writer keeps two posts equal, updating one after the other."""
    first, second = await publish(store, id=numbered(1)), await publish(store, id=numbered(9))
    is_over = asyncio.Event()

    async def write() -> None:
        for number in range(10_000):
            for post in (first, second):
                change = PostChange(updated_at=LATER, slug=f"{post.id}-{number}")
                await store.posts.save(post.id, change, match=None, comments=0)
            if is_over.is_set():
                return

    writing = asyncio.create_task(write())
    try:
        for _ in range(5):
            one, other = (each for each in await records_of(store) if isinstance(each, Post))
            assert one.version - other.version in (0, 1)
    finally:
        is_over.set()
        await writing


async def test_a_move_begins_on_an_empty_blog_and_ends_once(store: Store) -> None:
    assert await store.records.transfer() is None
    await store.records.begin(ORIGIN, latest=None)
    under_way = Transfer(origin=ORIGIN)
    assert await store.records.transfer() == under_way
    await publish(store)
    await store.records.begin(ORIGIN, latest=under_way)
    for wrong in (None, Transfer(origin=ORIGIN, digest=DIGEST), Transfer(origin="3" * 64)):
        with raises(Conflict, "blog", "transfer"):
            await store.records.begin(ORIGIN, latest=wrong)
    with raises(Conflict, "blog", "transfer"):
        await store.records.finish(Transfer(origin="3" * 64, digest=DIGEST))
    finished = Transfer(origin=ORIGIN, digest=DIGEST)
    await store.records.finish(finished)
    assert await store.records.transfer() == finished
    with raises(Conflict, "blog", "transfer"):
        await store.records.finish(finished)
    await store.records.begin("3" * 64, latest=finished)
    assert await store.records.transfer() == Transfer(origin="3" * 64)


async def test_of_concurrent_moves_only_one_begins(store: Store) -> None:
    origins = [str(number) * 64 for number in range(8)]
    ends = await asyncio.gather(
        *(store.records.begin(origin, latest=None) for origin in origins), return_exceptions=True
    )
    assert [describe(end) for end in ends if end is not None] == ["Conflict blog transfer"] * 7
    transfer = await store.records.transfer()
    assert transfer is not None
    assert ends[origins.index(transfer.origin)] is None


async def test_nothing_moves_into_a_blog_that_is_in_use(store: Store) -> None:
    await register(store)
    with raises(Conflict, "blog", "transfer"):
        await store.records.begin(ORIGIN, latest=None)
    assert await store.records.transfer() is None


async def test_an_unfinished_blog_is_opened_only_on_request(store: Store, blog_url: str) -> None:
    await store.records.begin(ORIGIN, latest=None)
    with pytest.raises(Unfinished, match="part of a blog"):
        await open_store(blog_url, timeout=10, pool_size=1)
    opened = await open_store(blog_url, timeout=10, pool_size=1, unfinished=True)
    await opened.records.finish(Transfer(origin=ORIGIN, digest=DIGEST))
    await opened.close()
    await (await open_store(blog_url, timeout=10, pool_size=1)).close()
