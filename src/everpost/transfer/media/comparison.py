"""Comparing the bytes of files with their digests."""

import asyncio
from dataclasses import dataclass

from everpost.transfer.media.content import BytesSource, find_fault
from everpost.transfer.media.copies import Advance, FileReport
from everpost.transfer.media.file_list import FileList


@dataclass(frozen=True, slots=True)
class Side:
    """The files of one blog, and the place of their bytes."""

    files: FileList
    place: BytesSource


async def check_sides(source: Side, target: Side, advance: Advance) -> tuple[FileReport, FileReport]:
    """Read the bytes of all files of both blogs, at the same time. The reports count right files as `same`.
    `advance` is called with the number of bytes read from either.
    """
    done = [0, 0]

    async def check(number: int, side: Side) -> FileReport:
        report = FileReport()
        for file in side.files:
            fault = await find_fault(side.place, file)
            if fault is None:
                report.same += 1
            else:
                report.note(fault)
            done[number] += file.size
            advance(sum(done))
        return report

    both = [asyncio.create_task(check(number, side)) for number, side in enumerate((source, target))]
    try:
        ours, theirs = await asyncio.gather(*both)
    finally:
        for each in both:
            each.cancel()
    return ours, theirs
