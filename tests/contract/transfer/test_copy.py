"""A blog is copied from one store to another without losses."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from everpost.domain.blog import BlogChange
from everpost.domain.comments import Comment, CommentPolicy
from everpost.domain.media.files import MediaFile
from everpost.domain.posts import Post, PostStatus
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Record, Transfer
from everpost.errors import Occupied
from everpost.stores.port import Snapshot, Store
from everpost.transfer.copy.operations import CopyResult, Phase, copy, rehearse, verify
from everpost.transfer.copy.origins import origin_of
from tests.contract.port.blog.values import OTTO
from tests.contract.port.blog.whole_blogs import SETTINGS, a_whole_blog, fill, records_of
from tests.contract.port.examples import LATER, a_comment, a_post, numbered, publish, register
from tests.unit.transfer.listed import Listed

WHOLE = a_whole_blog()
ORIGIN = origin_of(SETTINGS)
OTHER_SETTINGS = replace(SETTINGS, address_key=bytes(32))


class Stopped(Exception):
    """Ends a copy early."""


class Changing:
    """A source that is a different blog each time it is read, until the last one."""

    kinds = KINDS

    def __init__(self, *blogs: Sequence[Record]) -> None:
        self._blogs = list(blogs)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Snapshot]:
        blog = self._blogs.pop(0) if len(self._blogs) > 1 else self._blogs[0]
        async with Listed(blog).snapshot() as snapshot:
            yield snapshot


class Breaking(Listed):
    """A source that fails after a number of records."""

    def __init__(self, records: Sequence[Record], after: int) -> None:
        super().__init__(records)
        self._after = after

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        yield self._records[: self._after]
        raise Stopped


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


async def copied(source: Sequence[Record], target: Store) -> CopyResult:
    return await copy(Listed(source), target.records, quiet, origin=ORIGIN)


async def test_a_copy_compares_both_sides_at_the_end(store: Store) -> None:
    outcome = await copied(WHOLE, store)
    assert outcome.agrees
    assert outcome.after is not None
    assert outcome.after.source == outcome.after.target
    assert outcome.before.kept == len(WHOLE)
    assert await records_of(store) == WHOLE
    assert await store.records.transfer() == Transfer(origin=ORIGIN, digest=outcome.after.target.whole)


async def test_a_repeated_copy_writes_nothing(store: Store) -> None:
    await copied(WHOLE, store)
    again = await copied(WHOLE, store)
    assert again.agrees
    assert again.after is None


@pytest.mark.parametrize("after", [1, 4, 9, len(WHOLE)])
async def test_an_interrupted_copy_is_resumed(store: Store, after: int) -> None:
    with pytest.raises(Stopped):
        await copy(Breaking(WHOLE, after), store.records, quiet, origin=ORIGIN)
    assert await store.records.transfer() == Transfer(origin=ORIGIN)
    assert (await copied(WHOLE, store)).agrees
    assert await records_of(store) == WHOLE


@pytest.mark.parametrize("after", [1, 6, 14, len(WHOLE)])
async def test_a_resumed_copy_includes_changes_of_the_source(store: Store, after: int) -> None:
    with pytest.raises(Stopped):
        await copy(Breaking(WHOLE, after), store.records, quiet, origin=ORIGIN)
    assert (await copied(later(WHOLE), store)).agrees
    assert await records_of(store) == later(WHOLE)


async def test_later_changes_deletions_and_swapped_slugs_are_copied(store: Store) -> None:
    await copied(WHOLE, store)
    outcome = await copied(later(WHOLE), store)
    assert outcome.agrees
    assert outcome.before.erased > 0
    assert await records_of(store) == later(WHOLE)
    assert (await copied(WHOLE, store)).agrees
    assert await records_of(store) == WHOLE


async def test_changes_of_the_source_during_a_copy_are_detected_and_followed(store: Store) -> None:
    source = Changing(WHOLE, later(WHOLE))
    first = await copy(source, store.records, quiet, origin=ORIGIN)
    assert first.is_complete
    assert not first.agrees
    assert await records_of(store) == WHOLE
    second = await copy(source, store.records, quiet, origin=ORIGIN)
    assert second.agrees
    assert await records_of(store) == later(WHOLE)


async def test_a_copy_of_an_archive_that_was_replaced_stays_unfinished(store: Store) -> None:
    archive, replaced = Listed(WHOLE), Listed(later(WHOLE))
    digest = (await copy(archive, store.records, quiet, origin=ORIGIN)).before.source.whole
    await copy(replaced, store.records, quiet, origin=ORIGIN, digest=digest)
    latest = await store.records.transfer()
    assert latest is not None
    assert not latest.is_finished
    await copy(archive, store.records, quiet, origin=ORIGIN, digest=digest)
    latest = await store.records.transfer()
    assert latest is not None
    assert latest.is_finished


async def test_a_target_with_a_post_is_refused_unchanged(store: Store) -> None:
    await publish(store)
    await refused(store)


async def test_a_target_with_a_user_is_refused_unchanged(store: Store) -> None:
    await register(store)
    await refused(store)


async def test_a_target_with_other_settings_is_refused_unchanged(store: Store) -> None:
    change = BlogChange(updated_at=LATER, comment_policy=CommentPolicy.CLOSED)
    await store.blog.save(change, match=None)
    await refused(store)


async def test_a_target_changed_since_the_copy_is_refused_unchanged(store: Store) -> None:
    await copied(WHOLE, store)
    await publish(store)
    await refused(store)


async def test_a_finished_copy_of_another_blog_is_refused_unchanged(store: Store) -> None:
    other = [OTHER_SETTINGS, *WHOLE[1:]]
    await copy(Listed(other), store.records, quiet, origin=origin_of(OTHER_SETTINGS))
    await refused(store)


async def test_an_unfinished_copy_of_another_blog_is_refused_unchanged(store: Store) -> None:
    other = Breaking([OTHER_SETTINGS, *WHOLE[1:]], 5)
    with pytest.raises(Stopped):
        await copy(other, store.records, quiet, origin=origin_of(OTHER_SETTINGS))
    await refused(store)


async def test_an_equal_target_is_left_unchanged(store: Store) -> None:
    await fill(store, WHOLE)
    outcome = await copied(WHOLE, store)
    assert outcome.agrees
    assert await store.records.transfer() is None


async def test_a_copy_stays_unfinished_if_the_target_is_written_to(store: Store) -> None:
    def meddle(phase: Phase, done: int, _total: int) -> None:
        if phase is Phase.VERIFYING and done == 0:
            raise Stopped

    with pytest.raises(Stopped):
        await copy(Listed(WHOLE), store.records, meddle, origin=ORIGIN)
    await publish(store)
    assert await store.records.transfer() == Transfer(origin=ORIGIN)
    assert (await copied(WHOLE, store)).agrees
    assert await records_of(store) == WHOLE


async def test_a_rehearsal_counts_and_writes_nothing(store: Store) -> None:
    before = await records_of(store)
    survey = await rehearse(Listed(WHOLE), store.records, quiet, origin=ORIGIN)
    assert (survey.kept, survey.erased, survey.same) == (len(WHOLE), 0, 0)
    assert await records_of(store) == before
    assert await store.records.transfer() is None


async def test_a_rehearsal_of_an_unfinished_copy_counts_what_is_missing(store: Store) -> None:
    with pytest.raises(Stopped):
        await copy(Breaking(WHOLE, 5), store.records, quiet, origin=ORIGIN)
    survey = await rehearse(Listed(WHOLE), store.records, quiet, origin=ORIGIN)
    assert survey.kept + survey.same == len(WHOLE)


async def test_two_blogs_are_verified_record_by_record(store: Store) -> None:
    await fill(store, WHOLE)
    assert (await verify(Listed(WHOLE), store.records, quiet)).is_equal
    found = await verify(Listed(later(WHOLE)), store.records, quiet)
    assert not found.is_equal
    assert f"user {OTTO.id} is only in the target" in found.examples


def later(blog: Sequence[Record]) -> list[Record]:
    """The blog some time later: Otto and two files were deleted, two posts have swapped their slugs, one was
    deleted with its thread, one of its comments is on another post, one comment was deleted, and there are a
    new comment and a new post.
    """
    settings, ann, _, token, _, _, file, _, first, *rest = blog
    assert isinstance(settings, type(SETTINGS))
    assert isinstance(first, Post)
    assert isinstance(file, MediaFile)
    posts = [each for each in rest if isinstance(each, Post)]
    thread = [each for each in rest if isinstance(each, Comment) and each.post_id == first.id]
    stray = next(each for each in rest if isinstance(each, Comment) and each.post_id == posts[-1].id)
    said = replace(thread[5], content="Edited", version=2, updated_at=LATER)
    second = replace(posts[0], slug=first.slug, author=None, status=PostStatus.PUBLISHED, version=2)
    adopted = replace(stray, post_id=second.id, reply_count=0)
    return [
        replace(settings, version=8, comment_policy=CommentPolicy.OPEN),
        ann,
        token,
        replace(file, alt="New", version=file.version + 1),
        replace(first, slug=posts[0].slug, version=2**31 + 1),
        *thread[:5],
        said,
        *thread[6:],
        replace(second, comment_count=1),
        adopted,
        posts[1],
        replace(a_post(id=numbered(0xF0)), comment_count=1),
        a_comment(numbered(0xF0), id=numbered(0xF1)),
    ]


async def refused(target: Store) -> None:
    """Assert that a copy and its rehearsal refuse the target and leave it unchanged."""
    before, mark = await records_of(target), await target.records.transfer()
    with pytest.raises(Occupied):
        await rehearse(Listed(WHOLE), target.records, quiet, origin=ORIGIN)
    with pytest.raises(Occupied):
        await copied(WHOLE, target)
    assert await records_of(target) == before
    assert await target.records.transfer() == mark
