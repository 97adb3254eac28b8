"""Posts that are written concurrently, and their reports."""

import asyncio

import pytest

from everpost.errors import Busy
from everpost.transfer.importers.model import Note, Outcome
from everpost.transfer.importers.pipeline.concurrent_writes import ConcurrentWrites, Work
from everpost.transfer.importers.reports.import_report import ImportReport, NoteBuffer


def noting(name: str, *, after: asyncio.Event | None = None, then: asyncio.Event | None = None) -> Work:
    """A write that waits for an event, adds a note, and sets another event."""

    async def work(notes: NoteBuffer) -> None:
        if after is not None:
            await after.wait()
        notes.already_present("post", name)
        if then is not None:
            then.set()

    return work


async def failing(notes: NoteBuffer) -> None:
    notes.already_present("post", "lost")
    raise Busy


def names(report: ImportReport) -> list[str]:
    return [note.name for note in report.notes()]


async def test_concurrent_writes_are_reported_in_order() -> None:
    with ImportReport() as report:
        is_done = asyncio.Event()
        async with ConcurrentWrites(report, most=2) as writes:
            await writes.start(noting("1", after=is_done), 1)
            await writes.note(Note(outcome=Outcome.DROPPED, kind="page", name="between"))
            await writes.start(noting("2", then=is_done), 1)
        assert names(report) == ["1", "between", "2"]


async def test_started_writes_end_even_if_one_fails() -> None:
    with ImportReport() as report:
        writes = ConcurrentWrites(report, most=3)
        for work in (noting("1"), failing, noting("3")):
            await writes.start(work, 1)
        with pytest.raises(Busy):
            await writes.finish()
        assert names(report) == ["1", "3"]


async def test_few_writes_run_at_once_and_large_ones_alone() -> None:
    under_way: set[int] = set()

    def watched(number: int, most: int) -> Work:
        async def work(_notes: NoteBuffer) -> None:
            under_way.add(number)
            assert len(under_way) <= most
            await asyncio.sleep(0)
            under_way.remove(number)

        return work

    with ImportReport() as report:
        async with ConcurrentWrites(report, most=2) as writes:
            for number in range(9):
                await writes.start(watched(number, 2), 1)
            for number in range(9):
                await writes.start(watched(number, 2 if number == 0 else 1), 2**30)


async def test_a_million_notes_between_two_posts_are_not_kept_in_memory() -> None:
    with ImportReport() as report:
        async with ConcurrentWrites(report, most=2) as writes:
            await writes.start(noting("1"), 1)
            for number in range(2_000):
                await writes.note(Note(outcome=Outcome.DROPPED, kind="page", name=str(number)))
            assert report.count(Outcome.DROPPED) >= 1_000
        assert report.count(Outcome.DROPPED) == 2_000
