"""Files are copied to and from a folder and a bucket as to and from a database."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from everpost.stores.port import MediaBytes, Store
from everpost.transfer.media.comparison import Side, check_sides
from everpost.transfer.media.copies import FileReport, Route, copy_files
from everpost.transfer.media.file_list import FileList
from tests.unit.transfer.files import KeptBytes, files_of, some_bytes

CONTENTS = {
    "small.png": b"A picture",
    "medium.jpg": some_bytes(300_000),
    "large.jpg": some_bytes(2_100_000, seed=1),
}
SIZE = sum(map(len, CONTENTS.values()))
KEPT = KeptBytes(*CONTENTS.values())


@pytest.fixture
def files() -> Iterator[FileList]:
    with closing(FileList()) as listed:
        for file in files_of(CONTENTS):
            listed.add(file)
        yield listed


def ignore(_size: int) -> None:
    """Ignores progress."""


@pytest.mark.long_but_on("sqlite")
async def test_files_are_copied_to_a_place_and_from_there(
    files: FileList, place: MediaBytes, store: Store
) -> None:
    everything = FileReport(copied=3, copied_size=SIZE)
    assert await copy_files(files, Route(KEPT, place), ignore) == everything
    assert await copy_files(files, Route(KEPT, place), ignore) == FileReport(same=3)
    assert await copy_files(files, Route(place, store.media_bytes), ignore) == everything
    sides = Side(files, place), Side(files, store.media_bytes)
    assert await check_sides(*sides, ignore) == (FileReport(same=3), FileReport(same=3))
