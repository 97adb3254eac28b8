"""The bytes of files move with a blog, from any store to any other, and through an archive."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from everpost.domain.records import Record, Transfer
from everpost.stores.port import MediaBytes, Store
from everpost.transfer.archive.checker import check
from everpost.transfer.archive.media_reader import ArchivedBytes
from everpost.transfer.archive.reader import open_archive
from everpost.transfer.archive.writer import export
from everpost.transfer.copy.operations import CopyResult, Phase, copy, rehearse, verify, verify_files
from everpost.transfer.copy.origins import origin_of
from everpost.transfer.media.comparison import Side
from everpost.transfer.media.content import BytesSource
from everpost.transfer.media.copies import FileReport, Route, survey_files
from everpost.transfer.media.file_list import FileList
from tests.conftest import Engines, offer_key
from tests.contract.port.blog.values import ANN
from tests.contract.port.blog.whole_blogs import SETTINGS
from tests.unit.transfer.files import KeptBytes, files_of, some_bytes
from tests.unit.transfer.listed import Listed

CONTENTS = {
    "small.png": b"A picture",
    "medium.jpg": some_bytes(300_000),
    "larger.jpg": some_bytes(1_100_000),
    "another.jpg": some_bytes(70_000, seed=1),
}
FILES = files_of(CONTENTS)
SIZE = sum(file.size for file in FILES)
BLOG: list[Record] = [SETTINGS, ANN, *FILES]
ORIGIN = origin_of(SETTINGS)
on_one_store = pytest.mark.long_but_on("sqlite")
"""For what does not depend on the store."""


class Stopped(Exception):
    """Ends a copy early."""


class Breaking(KeptBytes):
    """Bytes that cannot be read to the end after a number of files."""

    def __init__(self, *contents: bytes, after: int) -> None:
        super().__init__(*contents)
        self._left = after

    async def read(self, key: str) -> AsyncIterator[bytes]:
        self._left -= 1
        async for part in super().read(key):
            yield part
            if self._left < 0:
                raise Stopped


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


async def copied(store: Store, media: BytesSource | None = None) -> CopyResult:
    """Copy the blog with these bytes; None: with all of them."""
    source = media or KeptBytes(*CONTENTS.values())
    route = Route(source, store.media_bytes)
    return await copy(Listed(BLOG), store.records, quiet, origin=ORIGIN, route=route)


async def copied_without(store: Store) -> CopyResult:
    return await copy(Listed(BLOG), store.records, quiet, origin=ORIGIN)


async def stored(place: MediaBytes) -> dict[str, bytes]:
    """The bytes of all files, by digest."""
    keys = [each.key for each in await place.page()]
    return {key: b"".join([part async for part in place.read(key)]) for key in keys}


async def content_of(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


def names_of(report: FileReport) -> list[str]:
    return [f"{fault.file.name}: {fault.reason}" for fault in report.examples]


EVERYTHING = {file.digest: CONTENTS[file.name] for file in FILES}


async def test_a_copy_brings_the_bytes_of_all_files(store: Store) -> None:
    outcome = await copied(store)
    assert outcome.agrees
    assert outcome.has_all_files
    assert outcome.files == FileReport(copied=4, copied_size=SIZE)
    assert await stored(store.media_bytes) == EVERYTHING
    again = await copied(store)
    assert again.files == FileReport(same=4)
    assert again.after is None


async def test_an_interrupted_copy_is_unfinished_and_brings_only_the_rest_later(store: Store) -> None:
    with pytest.raises(Stopped):
        await copied(store, Breaking(*CONTENTS.values(), after=2))
    assert await store.records.transfer() == Transfer(origin=ORIGIN)
    assert len(await stored(store.media_bytes)) == 2
    outcome = await copied(store)
    assert outcome.files is not None
    assert (outcome.files.copied, outcome.files.same) == (2, 2)
    assert await stored(store.media_bytes) == EVERYTHING
    finished = await store.records.transfer()
    assert finished is not None
    assert finished.is_finished


async def test_bytes_that_the_source_lacks_are_named_and_the_rest_is_copied(store: Store) -> None:
    media = KeptBytes(*CONTENTS.values())
    media.replace(CONTENTS["small.png"], None)
    media.replace(CONTENTS["larger.jpg"], some_bytes(1_100_000, seed=2))
    outcome = await copied(store, media)
    assert outcome.agrees
    assert not outcome.has_all_files
    assert outcome.files is not None
    assert sorted(names_of(outcome.files)) == [
        "larger.jpg: its bytes are damaged",
        "small.png: its bytes are missing",
    ]
    assert sorted(await stored(store.media_bytes)) == sorted(
        file.digest for file in FILES if file.name in {"medium.jpg", "another.jpg"}
    )
    assert (await copied(store)).files == FileReport(copied=2, copied_size=1_100_009, same=2)
    assert await stored(store.media_bytes) == EVERYTHING


async def test_bytes_of_another_size_in_the_target_are_replaced(store: Store) -> None:
    file = FILES[1]
    await store.media_bytes.put(file.digest, content_of(b"part"), size=4)
    outcome = await copied(store)
    assert outcome.files == FileReport(copied=4, copied_size=SIZE)
    assert await stored(store.media_bytes) == EVERYTHING


@on_one_store
async def test_bytes_that_were_left_out_come_later(store: Store) -> None:
    outcome = await copied_without(store)
    assert outcome.agrees
    assert outcome.files is None
    assert await stored(store.media_bytes) == {}
    assert (await copied(store)).files == FileReport(copied=4, copied_size=SIZE)
    assert await stored(store.media_bytes) == EVERYTHING


@on_one_store
async def test_a_rehearsal_tells_how_many_bytes_would_be_copied(store: Store) -> None:
    with closing(FileList()) as files:
        await rehearse(Listed(BLOG), store.records, quiet, origin=ORIGIN, files=files)
        assert (files.count, files.size) == (4, SIZE)
        assert await survey_files(files, None) == FileReport(copied=4, copied_size=SIZE)
        file = FILES[2]
        await store.media_bytes.put(file.digest, content_of(CONTENTS[file.name]), size=file.size)
        assert await survey_files(files, store.media_bytes) == FileReport(
            copied=3, copied_size=SIZE - file.size, same=1
        )


@on_one_store
async def test_bytes_are_verified_on_both_sides(store: Store) -> None:
    await copied(store)
    media = KeptBytes(*CONTENTS.values())
    assert await verified(media, store) == ([], [])
    media.replace(CONTENTS["small.png"], None)
    file = next(file for file in FILES if file.name == "another.jpg")
    await store.media_bytes.remove(file.digest, stored_before=SETTINGS.updated_at + timedelta(days=99_999))
    await store.media_bytes.put(file.digest, content_of(b"B" * file.size), size=file.size)
    assert await verified(media, store) == (
        ["small.png: its bytes are missing"],
        ["another.jpg: its bytes are damaged"],
    )


async def verified(media: BytesSource, store: Store) -> tuple[list[str], list[str]]:
    """What is wrong with the bytes of the source, and those of the store."""
    with closing(FileList()) as ours, closing(FileList()) as theirs:
        assert (await verify(Listed(BLOG), store.records, quiet, files=(ours, theirs))).is_equal
        sides = Side(ours, media), Side(theirs, store.media_bytes)
        source, target = await verify_files(*sides, quiet)
        assert source.same + source.faults == target.same + target.faults == len(FILES)
        return names_of(source), names_of(target)


async def archive_of(store: Store, path: Path) -> bytes:
    written = await export(store.records, str(path), quiet, media=store.media_bytes)
    assert written.files == FileReport(copied=4, copied_size=SIZE)
    return await asyncio.to_thread(path.read_bytes)


async def imported(path: Path, store: Store) -> CopyResult:
    """Import an archive."""
    with open_archive(str(path)) as archive:
        checked = check(archive, quiet)
        with closing(ArchivedBytes(archive)) as media:
            return await copy(
                archive,
                store.records,
                quiet,
                origin=checked.origin,
                digest=checked.digest.whole,
                route=Route(media, store.media_bytes),
            )


async def test_an_archive_brings_the_bytes_of_all_files(
    store: Store, engines: Engines, store_name: str, tmp_path: Path
) -> None:
    await copied(store)
    first = await archive_of(store, tmp_path / "first.zst")
    other = (await engines.empty_blog(store_name)).store
    outcome = await imported(tmp_path / "first.zst", other)
    assert outcome.files == FileReport(copied=4, copied_size=SIZE)
    assert await stored(other.media_bytes) == EVERYTHING
    assert await archive_of(other, tmp_path / "second.zst") == first


@on_one_store
async def test_an_import_that_was_interrupted_brings_only_the_rest_later(
    store: Store, tmp_path: Path
) -> None:
    """As when it is killed after two files."""
    path = tmp_path / "blog"
    await export(Listed(BLOG), str(path), quiet, media=KeptBytes(*CONTENTS.values()))
    with pytest.raises(Stopped):
        await copied(store, Breaking(*CONTENTS.values(), after=2))
    outcome = await imported(path, store)
    assert outcome.files is not None
    assert (outcome.files.copied, outcome.files.same) == (2, 2)
    assert await stored(store.media_bytes) == EVERYTHING


def circle(names: Sequence[str]) -> list[str]:
    return [*names, names[0]]


async def test_files_copied_through_all_stores_are_unchanged(
    engines: Engines, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    names = circle(pytestconfig.stash[offer_key].names)
    source = (await engines.empty_blog(names[0])).store
    await copied(source)
    start = await archive_of(source, tmp_path / "start")
    for before, name in pairwise(names):
        if name == before:  # there is one database only
            continue
        target = (await engines.empty_blog(name)).store
        route = Route(source.media_bytes, target.media_bytes)
        outcome = await copy(source.records, target.records, quiet, origin=ORIGIN, route=route)
        assert outcome.files == FileReport(copied=4, copied_size=SIZE)
        source = target
    assert await archive_of(source, tmp_path / "end") == start
