"""The records written to make one blog equal to another."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from everpost.domain.posts import Post
from everpost.domain.records import Batch, Record
from everpost.transfer.copy import sync as syncing
from everpost.transfer.copy.record_json import row_of
from everpost.transfer.copy.streams import open_stream
from everpost.transfer.copy.sync import Comparison, sync
from tests.contract.port.blog.values import ANN, OTTO
from tests.contract.port.blog.whole_blogs import COUNTS, SETTINGS, TOKENS, a_whole_blog
from tests.contract.port.examples import LATER, a_comment, numbered
from tests.unit.transfer.listed import Listed

WHOLE = a_whole_blog()


async def synced(source: Sequence[Record], target: Sequence[Record]) -> tuple[Comparison, list[Batch]]:
    """The comparison, and the batches that were written."""
    batches: list[Batch] = []

    async def write(batch: Batch) -> None:
        batches.append(batch)

    async with open_stream(Listed(source)) as ours, open_stream(Listed(target)) as theirs:
        return await sync(ours, theirs, write), batches


def sorted_blog(records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: row_of(record).key)


async def test_equal_blogs_need_nothing() -> None:
    found, batches = await synced(WHOLE, WHOLE)
    assert batches == []
    assert found.is_equal
    assert (found.kept, found.erased, found.same) == (0, 0, len(WHOLE))
    assert found.source == found.target


async def test_the_digests_are_those_of_the_lines_in_order() -> None:
    found, _ = await synced(WHOLE, [])
    rows = [row_of(record) for record in WHOLE]
    assert found.source.whole == hashlib.sha256(b"".join(row.line for row in rows)).hexdigest()
    posts = [row.line for row in rows if row.kind.name == "post"]
    assert found.source.kinds["post"] == hashlib.sha256(b"".join(posts)).hexdigest()
    assert found.source.counts == COUNTS
    assert found.target.whole == hashlib.sha256().hexdigest()


async def test_an_empty_target_gets_everything_in_order() -> None:
    found, batches = await synced(WHOLE, [])
    assert [record for batch in batches for record in batch.kept] == WHOLE
    assert found.kept == len(WHOLE)


async def test_only_what_differs_is_written() -> None:
    changed = [replace(each, title="Other", version=2) if isinstance(each, Post) else each for each in WHOLE]
    found, batches = await synced(changed, WHOLE)
    assert [record for batch in batches for record in batch.kept] == [
        each for each in changed if isinstance(each, Post)
    ]
    assert found.examples[0] == f"post {numbered(1)} differs"


async def test_surplus_records_are_deleted() -> None:
    found, batches = await synced([SETTINGS, ANN], [SETTINGS, ANN, OTTO, *TOKENS])
    assert [batch.erased for batch in batches] == [[OTTO, *TOKENS]]
    assert found.erased == 3


async def test_deleting_a_post_deletes_its_comments() -> None:
    found, batches = await synced([SETTINGS], WHOLE)
    erased = [record for batch in batches for record in batch.erased]
    kinds = ["User"] * 2 + ["Token"] * 2 + ["MediaFile"] * 3
    kinds += ["Post"] * 4 + ["WorkingCopy"] * 3 + ["Passkey"] * 2
    assert [type(each).__name__ for each in erased] == kinds
    assert found.erased == len(WHOLE) - 1


async def test_a_comment_with_a_new_date_is_deleted_and_written() -> None:
    post = next(each for each in WHOLE if isinstance(each, Post))
    comment = a_comment(post.id)
    moved = replace(comment, publication_date=LATER)
    _, batches = await synced([SETTINGS, post, moved], [SETTINGS, post, comment])
    assert batches == [Batch(kept=[moved], erased=[comment])]


async def test_batches_are_bounded_in_number_and_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "BATCH_ROWS", 4)
    _, batches = await synced(WHOLE, [])
    assert {len(batch.kept) for batch in batches[:-1]} <= {1, 2, 3, 4}
    monkeypatch.setattr(syncing, "BATCH_BYTES", 1)
    _, batches = await synced(WHOLE, [])
    assert [len(batch.kept) for batch in batches] == [1] * len(WHOLE)


async def test_a_snapshot_is_closed_when_it_has_been_read() -> None:
    blog = Listed(WHOLE)
    async with open_stream(blog) as stream:
        assert blog.open == 1
        while stream.head is not None:
            await stream.advance()
        assert blog.open == 0


async def test_the_next_batch_is_read_ahead() -> None:
    second_is_read = asyncio.Event()

    class Telling(Listed):
        async def records(self) -> AsyncIterator[Sequence[Record]]:
            yield WHOLE[:3]
            second_is_read.set()
            yield WHOLE[3:]

    async with open_stream(Telling(WHOLE)) as stream:
        await second_is_read.wait()
        assert [row.record for row in stream.take()] == WHOLE[:3]


async def test_progress_is_reported_up_to_the_last_record_of_the_source() -> None:
    counted: list[int] = []
    async with open_stream(Listed(WHOLE)) as ours, open_stream(Listed(sorted_blog(WHOLE[:9]))) as theirs:
        await sync(ours, theirs, advance=counted.append)
    assert counted == sorted(counted)
    assert counted[-1] == len(WHOLE)


async def test_a_batch_is_written_while_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "BATCH_ROWS", 3)
    second_is_read = asyncio.Event()
    written: list[Batch] = []

    class Telling(Listed):
        async def records(self) -> AsyncIterator[Sequence[Record]]:
            async for batch in super().records():
                if batch == WHOLE[3:6]:
                    second_is_read.set()
                yield batch

    async def write(batch: Batch) -> None:
        if not written:
            await second_is_read.wait()
        written.append(batch)

    async with open_stream(Telling(WHOLE)) as ours, open_stream(Listed([])) as theirs:
        await sync(ours, theirs, write)
    assert [record for batch in written for record in batch.kept] == WHOLE


async def test_a_failed_batch_ends_the_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "BATCH_ROWS", 3)

    async def write(batch: Batch) -> None:
        raise OSError(batch.kept[0])

    async with open_stream(Listed(WHOLE)) as ours, open_stream(Listed([])) as theirs:
        with pytest.raises(OSError, match="Blog"):
            await sync(ours, theirs, write)


async def test_a_batch_is_written_completely_when_the_source_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(syncing, "BATCH_ROWS", 3)
    is_broken = asyncio.Event()
    written: list[Batch] = []

    class Breaking(Listed):
        async def records(self) -> AsyncIterator[Sequence[Record]]:
            yield WHOLE[:4]
            is_broken.set()
            raise LookupError

    async def write(batch: Batch) -> None:
        await is_broken.wait()
        written.append(batch)

    async with open_stream(Breaking(WHOLE)) as ours, open_stream(Listed([])) as theirs:
        with pytest.raises(LookupError):
            await sync(ours, theirs, write)
    assert [batch.kept for batch in written] == [WHOLE[:3]]
