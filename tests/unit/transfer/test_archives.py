"""Archives: a blog is one file, and a damaged file is refused completely."""

import gzip
import io
import json
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from everpost.domain.comments import CommentStatus
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Counts, Record
from everpost.errors import BrokenFile, EverpostError
from everpost.transfer.archive.checker import CheckedArchive, check
from everpost.transfer.archive.format import header
from everpost.transfer.archive.reader import open_archive
from everpost.transfer.archive.writer import export
from everpost.transfer.copy.operations import Phase
from everpost.transfer.copy.origins import origin_of
from tests.contract.port.blog.values import ANN, OTTO, by
from tests.contract.port.blog.whole_blogs import COUNTS, SETTINGS, TOKENS
from tests.contract.port.examples import a_post, numbered
from tests.unit.transfer.archives import (
    EMPTY,
    FIRST,
    POST,
    REPLY,
    SMALL,
    WHOLE,
    archive_of,
    checked,
    fault_in,
    quiet,
)
from tests.unit.transfer.listed import Listed


async def test_an_archive_is_its_records_between_two_lines(tmp_path: Path) -> None:
    file = tmp_path / "blog.jsonl"
    digest = (await export(Listed(WHOLE), str(file), quiet)).digest
    assert file.read_bytes() == archive_of(WHOLE)
    first = json.loads(file.read_bytes().splitlines()[0])
    assert (first["kind"], first["version"]) == ("everpost-archive", 3)
    assert [(kind["name"], kind["count"]) for kind in first["kinds"]] == list(digest.counts.items())
    found = checked(archive_of(WHOLE), tmp_path)
    assert found == CheckedArchive(digest, origin_of(SETTINGS))


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
async def test_compression_is_detected_independent_of_the_file_name(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"blog{ending}"
    await export(Listed(WHOLE), str(file), quiet)
    other = file.rename(tmp_path / "nameless")
    with open_archive(str(other)) as archive:
        assert check(archive, quiet).digest.counts["comment"] == 16
        async with archive.snapshot() as snapshot:
            assert await snapshot.count() == COUNTS
            assert [record async for batch in snapshot.records() for record in batch] == WHOLE


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
async def test_equal_blogs_give_equal_files(tmp_path: Path, ending: str) -> None:
    files = [tmp_path / f"first{ending}", tmp_path / f"another{ending}"]
    for file in files:
        await export(Listed(WHOLE), str(file), quiet)
    first, another = (file.read_bytes() for file in files)
    assert first == another


async def test_only_the_owner_can_read_an_archive(tmp_path: Path) -> None:
    file = tmp_path / "blog"
    await export(Listed(SMALL), str(file), quiet)
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_failed_export_keeps_the_previous_file(tmp_path: Path) -> None:
    class Miscounted(Listed):
        async def count(self) -> Counts:
            return EMPTY

    file = tmp_path / "blog"
    file.write_bytes(b"before")
    with pytest.raises(EverpostError, match="a different number"):
        await export(Miscounted(SMALL), str(file), quiet, overwrite=True)
    assert [each.name for each in tmp_path.iterdir()] == ["blog"]  # noqa: ASYNC240
    assert file.read_bytes() == b"before"


async def test_a_file_that_appears_during_an_export_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "blog"

    def create_it(_phase: Phase, _done: int, _total: int) -> None:
        file.write_bytes(b"before")

    with pytest.raises(BrokenFile, match="File exists"):
        await export(Listed(SMALL), str(file), create_it)
    assert [each.name for each in tmp_path.iterdir()] == ["blog"]  # noqa: ASYNC240
    assert file.read_bytes() == b"before"


async def test_a_file_system_needs_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path, _target: str) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    await export(Listed(SMALL), str(tmp_path / "blog"), quiet)
    assert (tmp_path / "blog").read_bytes() == archive_of(SMALL)


async def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="cannot be written"):
        await export(Listed(SMALL), str(tmp_path / "nowhere" / "blog"), quiet)


async def test_an_export_through_a_symbolic_link_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "blog")
    await export(Listed(SMALL), str(tmp_path / "link"), quiet)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "blog").read_bytes() == archive_of(SMALL)


async def test_a_pipe_is_written_to_and_read_from(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    await export(Listed(SMALL), str(pipe), quiet)
    reader.join()
    assert received == [archive_of(SMALL)]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input_is_read_from_a_pipe(
    monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    reading, writing = os.pipe()
    writer = threading.Thread(target=lambda: _send(writing, pack(archive_of(WHOLE))))
    writer.start()
    with os.fdopen(reading) as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        with open_archive("-") as archive:
            assert check(archive, quiet).digest.counts["post"] == 4
    writer.join()


async def test_standard_output_gets_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer))
    await export(Listed(SMALL), "-", quiet)
    assert buffer.getvalue() == archive_of(SMALL)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_that_was_cut_off_anywhere_is_refused(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    whole = pack(archive_of(SMALL))
    for length in range(0, len(whole), 7):
        assert fault_in(whole[:length], tmp_path).place


async def test_a_zstd_file_that_was_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "blog.zst"
    await export(Listed(SMALL), str(file), quiet)
    whole = file.read_bytes()
    for length in range(0, len(whole), 7):
        assert fault_in(whole[:length], tmp_path).place


def test_a_file_with_a_flipped_bit_anywhere_is_refused(tmp_path: Path) -> None:
    whole = archive_of(SMALL)
    for place in range(0, len(whole), 11):
        broken = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        assert fault_in(broken, tmp_path).place


def test_a_compressed_file_with_a_flipped_bit_is_refused_or_unchanged(tmp_path: Path) -> None:
    whole = gzip.compress(archive_of(SMALL), mtime=0)
    right = checked(whole, tmp_path)
    for place in range(0, len(whole), 11):
        broken = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with suppress(BrokenFile):
            assert checked(broken, tmp_path) == right  # the name and the date in it say nothing


@pytest.mark.parametrize(
    ("records", "place", "reason"),
    [
        ([], "line 2", "settings"),
        (SMALL[1:], "line 2", "settings"),
        ([*SMALL[:2], SETTINGS, *SMALL[2:]], "line 4", "order"),
        ([SETTINGS, OTTO, ANN], "line 4", "order"),
        ([SETTINGS, ANN, ANN], "line 4", "order"),
        ([SETTINGS, ANN, POST, REPLY, FIRST], "line 6", "order"),
        ([SETTINGS, ANN, replace(OTTO, email="ANN@example.ORG")], "line 4", "email"),
        ([SETTINGS, ANN, TOKENS[0], replace(TOKENS[0], id=numbered(0xFFF))], "line 5", "digest"),
        ([SETTINGS, TOKENS[0]], "line 3", "user_id"),
        ([SETTINGS, replace(POST, comment_count=0)], "line 3", "author_id"),
        ([*SMALL, replace(a_post(id=numbered(9)), slug=POST.slug)], "line 8", "slug"),
        ([*SMALL, a_post(id=numbered(9), paths=("/c", "/b"))], "line 8", "paths"),
        ([SETTINGS, ANN, FIRST], "line 4", "post_id"),
        ([*SMALL[:4], replace(FIRST, author=by(OTTO)), REPLY], "line 6", "author_id"),
        ([*SMALL[:4], replace(FIRST, depth=1), REPLY], "line 6", "depth"),
        ([*SMALL[:5], replace(REPLY, depth=2)], "line 7", "depth"),
        ([*SMALL[:5], replace(REPLY, parent_id=numbered(7))], "line 7", "parent_id"),
        ([*SMALL[:4], replace(FIRST, reply_count=2), REPLY], "line 6", "reply_count"),
        ([*SMALL[:5], replace(REPLY, status=CommentStatus.SPAM)], "line 5", "comment_count"),
        ([*SMALL[:3], replace(POST, comment_count=3), *SMALL[4:]], "line 5", "comment_count"),
    ],
)
def test_inconsistent_records_are_refused_with_their_line(
    tmp_path: Path, records: Sequence[Record], place: str, reason: str
) -> None:
    fault = fault_in(archive_of(records), tmp_path)
    assert fault.place == place
    assert reason in fault.reason


def test_a_comment_on_two_posts_is_refused(tmp_path: Path) -> None:
    other = replace(a_post(id=numbered(8)), comment_count=1)
    again = replace(REPLY, post_id=other.id, parent_id=None, depth=0)
    fault = fault_in(archive_of([*SMALL, other, again]), tmp_path)
    assert (fault.place, fault.reason) == ("line 9", "id: another comment already has it")


def test_a_reply_may_be_older_than_its_parent(tmp_path: Path) -> None:
    early = replace(REPLY, id=numbered(1))
    assert checked(archive_of([*SMALL[:4], early, FIRST]), tmp_path).digest.counts["comment"] == 2


@pytest.mark.parametrize(
    "change", [(b'"version"', b'"edition"'), (b"Argentina", b"argentina"), (b'"title":""', b'"title":5')]
)
async def test_a_file_that_changes_after_it_was_checked_is_refused_with_the_line(
    tmp_path: Path, change: tuple[bytes, bytes]
) -> None:
    file = tmp_path / "archive"
    file.write_bytes(archive_of(SMALL))
    with open_archive(str(file)) as archive:
        check(archive, quiet)
        file.write_bytes(archive_of(SMALL).replace(*change))
        with pytest.raises(BrokenFile, match="was changed") as broken:
            await anext(archive.rows())
    assert broken.value.place == "line 2"


@pytest.mark.parametrize("more", [b"\n", b"{}\n", b"x"])
def test_content_after_the_last_line_is_refused(tmp_path: Path, more: bytes) -> None:
    assert fault_in(archive_of(SMALL) + more, tmp_path).place


def test_a_line_without_an_end_is_refused_early(tmp_path: Path) -> None:
    assert "longer" in fault_in(header(KINDS, EMPTY, has_bytes=False) + b"x" * 17_000_000, tmp_path).reason


def test_the_error_about_a_missing_file_names_it(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="cannot be read"), open_archive(str(tmp_path / "nothing")):
        pass
    with pytest.raises(BrokenFile, match="cannot be read"), open_archive(str(tmp_path)):
        pass


def _send(pipe: int, content: bytes) -> None:
    with os.fdopen(pipe, "wb") as file:
        file.write(content)
