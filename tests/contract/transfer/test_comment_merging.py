"""Existing posts and comments stay unchanged, and get the new comments of the source."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.posts import PostChange
from everpost.stores.port import Store
from everpost.transfer.importers.model import Outcome, SourceThread
from everpost.transfer.importers.pipeline.writer import StoreWriter
from tests.contract.port.examples import a_comment, publish, read_posts, read_thread
from tests.contract.transfer.sources import (
    MOMENT,
    ORIGIN,
    a_source,
    all_of,
    comment_id,
    run_import,
    source_comment,
)

IMPORTED, PRESENT, CHANGED, DROPPED = Outcome.IMPORTED, Outcome.PRESENT, Outcome.CHANGED, Outcome.DROPPED
PENDING, APPROVED, REMOVED = CommentStatus.PENDING, CommentStatus.APPROVED, CommentStatus.REMOVED


async def test_importing_again_adds_only_new_comments(store: Store) -> None:
    await run_import(store, a_source("1", source_comment("1")))
    lines = await run_import(
        store,
        a_source("1", source_comment("1"), source_comment("2", "1"), source_comment("3", "2")),
        a_source("2"),
    )
    assert [line[0] for line in lines] == [PRESENT, PRESENT, IMPORTED, IMPORTED, IMPORTED]
    posts, _ = await all_of(store)
    thread = await read_thread(store, ORIGIN.stable_id("post", "1", MOMENT))
    assert len(posts) == 2
    assert {comment.id: comment.depth for comment in thread} == {
        comment_id("1"): 0,
        comment_id("2"): 1,
        comment_id("3"): 2,
    }


async def test_replies_to_unapproved_comments_are_imported(store: Store) -> None:
    await run_import(store, a_source("1"))
    grown = a_source(
        "1",
        source_comment("1", None, PENDING),
        source_comment("2", "1", CommentStatus.SPAM),
        source_comment("3", "2"),
    )
    lines = await run_import(store, grown)
    assert [line[0] for line in lines] == [PRESENT, IMPORTED, IMPORTED, IMPORTED]
    (post,), (thread,) = await all_of(store)
    assert {each.id: (each.status, each.depth, each.reply_count) for each in thread} == {
        comment_id("1"): (PENDING, 0, 1),
        comment_id("2"): (CommentStatus.SPAM, 1, 1),
        comment_id("3"): (APPROVED, 2, 0),
    }
    assert post.comment_count == 1
    before = await all_of(store)
    assert {line[0] for line in await run_import(store, grown)} == {PRESENT}
    assert await all_of(store) == before


SPAM = CommentStatus.SPAM
GROWN = a_source(
    "1",
    source_comment("1", None, PENDING),
    source_comment("2", "1"),
    source_comment("3", "2", SPAM),
    source_comment("4", "3", PENDING),
    source_comment("5", "4"),
    source_comment("6", "4"),
    source_comment("7", None, REMOVED),
    source_comment("8", "7", SPAM),
)


class Stopped(Exception):
    """Ends an import early."""


@pytest.mark.parametrize("writes", range(1, len(GROWN.comments) + 1))
async def test_an_interrupted_import_shows_no_unapproved_comment(
    store: Store, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    await run_import(store, a_source("1"))
    post_id = ORIGIN.stable_id("post", "1", MOMENT)
    statuses = {comment_id(each.source_id): each.status for each in GROWN.comments}
    add_comment, written = StoreWriter.add_comment, 0

    async def add_and_stop(writer: StoreWriter, comment: Comment) -> None:
        nonlocal written
        await add_comment(writer, comment)
        written += 1
        assert {
            each.id: each.status for each in await read_thread(store, post_id)
        }.items() <= statuses.items()
        if written == writes:
            raise Stopped

    with monkeypatch.context() as stopping:
        stopping.setattr(StoreWriter, "add_comment", add_and_stop)
        with pytest.raises(Stopped):
            await run_import(store, GROWN)
    await run_import(store, GROWN)
    grown = [await store.comments.find(each) for each in statuses]
    await store.posts.remove(post_id, match=None)
    await run_import(store, GROWN)
    assert [await store.comments.find(each) for each in statuses] == grown
    (post,), _ = await all_of(store)
    assert post.comment_count == 3


async def test_local_changes_are_kept(store: Store) -> None:
    source = a_source("1", source_comment("1", None, PENDING), source_comment("2", "1"))
    await run_import(store, source)
    post_id = ORIGIN.stable_id("post", "1", MOMENT)
    change = CommentChange(updated_at=MOMENT, status=APPROVED, content="Ours")
    await store.comments.save(post_id, comment_id("1"), change, match=None)
    await store.posts.save(post_id, PostChange(updated_at=MOMENT, title="Ours"), match=None, comments=0)
    before = await all_of(store)
    assert {line[0] for line in await run_import(store, source)} == {PRESENT}
    assert await all_of(store) == before


async def test_a_new_reply_to_a_locally_hidden_comment_is_moved_to_the_post(store: Store) -> None:
    await run_import(store, a_source("1", source_comment("1")))
    post_id = ORIGIN.stable_id("post", "1", MOMENT)
    hidden = CommentChange(updated_at=MOMENT, status=REMOVED)
    await store.comments.save(post_id, comment_id("1"), hidden, match=None)
    lines = await run_import(store, a_source("1", source_comment("1"), source_comment("2", "1")))
    assert [line[0] for line in lines] == [PRESENT, PRESENT, CHANGED]
    assert (await store.comments.get(post_id, comment_id("2"))).parent_id is None


async def test_a_post_with_a_new_date_is_the_same_post(store: Store) -> None:
    await run_import(store, a_source("1"))
    later = replace(a_source("1", source_comment("1")), publication_date=datetime(2025, 1, 1, tzinfo=UTC))
    lines = await run_import(store, later)
    assert [line[0] for line in lines] == [PRESENT, IMPORTED]
    assert len(await read_posts(store)) == 1


async def test_a_locally_deleted_post_is_imported_again(store: Store) -> None:
    await run_import(store, a_source("1", source_comment("1")))
    await store.posts.remove(ORIGIN.stable_id("post", "1", MOMENT), match=None)
    assert [line[0] for line in await run_import(store, a_source("1", source_comment("1")))] == [
        IMPORTED,
        IMPORTED,
    ]


async def test_a_comment_that_another_post_has_is_dropped(store: Store) -> None:
    other = await publish(store)
    await store.comments.add(a_comment(other.id, id=comment_id("1"), publication_date=MOMENT))
    items = (a_source("1", source_comment("1"), source_comment("2", "1")),)
    rehearsed = await run_import(store, *items, dry_run=True)
    assert [line[0] for line in rehearsed] == [DROPPED, IMPORTED, CHANGED]
    assert await run_import(store, *items) == rehearsed
    assert [line[0] for line in await run_import(store, *items)] == [PRESENT, DROPPED, PRESENT]


async def test_threads_are_added_to_the_posts_that_they_match(store: Store) -> None:
    post = await publish(store, slug="here")
    parts = [
        SourceThread(url=post.id, title="here", comments=(source_comment("2", "1"),)),
        SourceThread(url="/gone", title="gone", comments=(source_comment("9"), source_comment("8"))),
        SourceThread(url=post.id, title="here", comments=(source_comment("1", None, PENDING),)),
    ]
    rehearsed = await run_import(store, *parts, dry_run=True)
    lines = await run_import(store, *parts)
    assert lines == rehearsed
    assert lines == [
        (IMPORTED, "comment", f"1 on {post.id}"),
        (IMPORTED, "comment", f"2 on {post.id}"),
        (DROPPED, "thread", "/gone 'gone'"),
    ]
    first, second = await read_thread(store, post.id)
    assert {first.id, second.id} == {comment_id("1"), comment_id("2")}
    assert {line[0] for line in await run_import(store, *parts)} == {PRESENT, DROPPED}
