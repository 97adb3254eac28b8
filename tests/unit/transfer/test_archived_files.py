"""The bytes of files in an archive: whole, in order, and checked before anything is imported."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from everpost.domain.records import Record
from everpost.errors import BrokenFile, NotFound
from everpost.transfer.archive.checker import CheckedArchive
from everpost.transfer.archive.media_lines import PART
from everpost.transfer.archive.media_reader import ArchivedBytes
from everpost.transfer.archive.reader import open_archive
from everpost.transfer.archive.writer import Exported, export
from tests.contract.port.blog.values import ANN
from tests.contract.port.blog.whole_blogs import SETTINGS
from tests.unit.transfer.archives import checked, fault_in, quiet
from tests.unit.transfer.files import KeptBytes, files_of, some_bytes
from tests.unit.transfer.listed import Listed

CONTENTS = {
    "another.png": b"Another picture",
    "small.png": b"A picture",
    "one-part.jpg": some_bytes(PART),
    "three-parts.jpg": some_bytes(2 * PART + 1),
}
FILES = files_of(CONTENTS)
BLOG: list[Record] = [SETTINGS, ANN, *FILES]
LARGE = next(file for file in FILES if file.size > PART)
SMALL = next(file for file in FILES if file.size < PART)


async def archived(folder: Path, media: KeptBytes | None = None, *, left_out: bool = False) -> bytes:
    """An archive of the blog."""
    await exported(folder, None if left_out else media or KeptBytes(*CONTENTS.values()))
    return (folder / "exported").read_bytes()


async def exported(folder: Path, media: KeptBytes | None) -> Exported:
    return await export(Listed(BLOG), str(folder / "exported"), quiet, media=media, overwrite=True)


def media_lines(archive: bytes) -> list[bytes]:
    return [line for line in archive.splitlines(keepends=True) if line.startswith(b'{"kind":"media_bytes"')]


async def read_all(archive: bytes, folder: Path) -> dict[str, bytes]:
    """The bytes of all files, by digest, as an import reads them."""
    (folder / "read").write_bytes(archive)
    with open_archive(str(folder / "read")) as opened:
        media = ArchivedBytes(opened)
        read = {file.digest: [part async for part in media.read(file.digest)] for file in FILES}
        media.close()
    return {digest: b"".join(parts) for digest, parts in read.items()}


async def test_an_archive_has_the_bytes_of_all_files_in_order(tmp_path: Path) -> None:
    archive = await archived(tmp_path)
    lines = [json.loads(line) for line in media_lines(archive)]
    assert [list(line) for line in lines] == [["kind", "digest", "number", "data"]] * 6
    assert [(line["digest"], line["number"]) for line in lines] == sorted(
        (file.digest, number) for file in FILES for number in range(max(1, -(-file.size // PART)))
    )
    for file in FILES:
        content = b"".join(base64.b64decode(line["data"]) for line in lines if line["digest"] == file.digest)
        assert hashlib.sha256(content).hexdigest() == file.digest
    first, last = (json.loads(line) for line in (archive.splitlines()[0], archive.splitlines()[-1]))
    assert first["media_bytes"] is True
    assert last["media_bytes"] == {"files": 4, "size": sum(map(len, CONTENTS.values())), "missing": 0}
    assert archive == await archived(tmp_path)


async def test_what_is_read_from_an_archive_is_what_was_written(tmp_path: Path) -> None:
    archive = await archived(tmp_path)
    report = checked(archive, tmp_path).files
    assert report is not None
    assert (report.copied, report.copied_size, report.faults) == (4, sum(map(len, CONTENTS.values())), 0)
    read = await read_all(archive, tmp_path)
    assert sorted(read.values()) == sorted(CONTENTS.values())


async def test_files_can_be_skipped_but_not_read_backwards(tmp_path: Path) -> None:
    (tmp_path / "read").write_bytes(await archived(tmp_path))
    with open_archive(str(tmp_path / "read")) as opened:
        media = ArchivedBytes(opened)
        for file in FILES[1::2]:
            content = b"".join([part async for part in media.read(file.digest)])
            assert content == CONTENTS[file.name]
        with pytest.raises(NotFound):
            await anext(media.read(FILES[0].digest))
        media.close()


async def test_an_archive_without_bytes_says_so(tmp_path: Path) -> None:
    archive = await archived(tmp_path, left_out=True)
    assert media_lines(archive) == []
    assert json.loads(archive.splitlines()[0])["media_bytes"] is False
    assert json.loads(archive.splitlines()[-1])["media_bytes"] is None
    found = checked(archive, tmp_path)
    assert found == CheckedArchive(found.digest, found.origin, None)
    assert found.digest == checked(await archived(tmp_path), tmp_path).digest


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (None, "its bytes are missing"),
        (b"", "its bytes are damaged"),
        (some_bytes(LARGE.size, seed=1), "its bytes are damaged"),
        (CONTENTS[LARGE.name][:-1], "its bytes are damaged"),
        (CONTENTS[LARGE.name] + b"!", "its bytes are damaged"),
    ],
)
async def test_bytes_that_the_blog_lacks_are_listed_and_the_others_exported(
    tmp_path: Path, damaged: bytes | None, reason: str
) -> None:
    media = KeptBytes(*CONTENTS.values())
    media.replace(CONTENTS[LARGE.name], damaged)
    report = (await exported(tmp_path, media)).files
    assert report is not None
    assert [str(fault) for fault in report.examples] == [f"{LARGE.name} ({LARGE.digest}): {reason}"]
    assert (report.copied, report.faults) == (3, 1)
    archive = (tmp_path / "exported").read_bytes()
    [missing] = [line for line in media_lines(archive) if LARGE.digest.encode() in line]
    assert json.loads(missing)["data"] is None
    found = checked(archive, tmp_path).files
    assert found is not None
    assert (found.copied, found.faults) == (3, 1)
    with pytest.raises(NotFound):
        await read_all(archive, tmp_path)


def edited(archive: bytes, edit: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """The archive with other lines of bytes."""
    lines = archive.splitlines(keepends=True)
    first = next(number for number, line in enumerate(lines) if line in media_lines(archive))
    return b"".join([*lines[:first], *edit(lines[first:-1]), lines[-1]])


def is_of(line: bytes, digest: str) -> bool:
    return digest.encode() in line


def shortened(lines: list[bytes]) -> list[bytes]:
    """Without the last byte of the small file."""
    data = base64.b64encode(CONTENTS[SMALL.name][:-1])
    return [
        re.sub(rb'"data":"[^"]*"', b'"data":"%s"' % data, each) if is_of(each, SMALL.digest) else each
        for each in lines
    ]


def lengthened(lines: list[bytes]) -> list[bytes]:
    """With another byte after the small file."""
    data = base64.b64encode(CONTENTS[SMALL.name] + b"!")
    return [
        re.sub(rb'"data":"[^"]*"', b'"data":"%s"' % data, each) if is_of(each, SMALL.digest) else each
        for each in lines
    ]


def altered(lines: list[bytes]) -> list[bytes]:
    """With another byte in the small file."""
    data = base64.b64encode(b"B" + CONTENTS[SMALL.name][1:])
    return [
        re.sub(rb'"data":"[^"]*"', b'"data":"%s"' % data, each) if is_of(each, SMALL.digest) else each
        for each in lines
    ]


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda lines: [each for each in lines if not is_of(each, SMALL.digest)], f"{SMALL.name} ("),
        (lambda lines: [each for each in lines if not is_of(each, FILES[-1].digest)], f"{FILES[-1].name} ("),
        (lambda _lines: [], f"the bytes of {FILES[0].name} ("),
        (lambda lines: [each for each in lines if b'"number":1' not in each], f"{LARGE.name} ("),
        (lambda lines: [each for each in lines if b'"number":2' not in each], f"{LARGE.name} ("),
        (lambda lines: lines[::-1], "out of order"),
        (lambda lines: [lines[0], *lines], "the next part of the bytes of"),
        (lambda lines: [*lines, lines[-1]], "out of order"),
        (
            lambda lines: [
                *lines,
                b'{"kind":"media_bytes","digest":"%s","number":0,"data":""}\n' % (b"f" * 64),
            ],
            "not that of a file",
        ),
        (shortened, f"{SMALL.name} ("),
        (lengthened, f"the bytes of {SMALL.name} ("),
        (altered, f"the bytes of {SMALL.name} ("),
        (lambda lines: [each.replace(b'"data":"', b'"data": "') for each in lines], "canonical"),
        (lambda lines: [each.replace(b'"data":"', b'"data":"*') for each in lines], "Base64"),
        (lambda lines: [each.replace(b'"}\n', b'="}\n') for each in lines], "Base64"),
        (lambda lines: [each.replace(b'"}\n', b'",}\n') for each in lines], "Base64"),
        (lambda lines: [each.replace(b'"number":0', b'"number":00') for each in lines], "canonical"),
    ],
)
async def test_wrong_bytes_are_refused_with_their_line_and_file(
    tmp_path: Path, edit: Callable[[list[bytes]], list[bytes]], reason: str
) -> None:
    fault = fault_in(edited(await archived(tmp_path), edit), tmp_path)
    assert re.fullmatch(r"line \d+", fault.place)
    assert reason in fault.reason


async def test_a_record_after_the_bytes_is_refused(tmp_path: Path) -> None:
    lines = (await archived(tmp_path)).splitlines(keepends=True)
    moved = [*lines[:2], *lines[3:-1], lines[2], lines[-1]]
    assert "no record follows" in fault_in(b"".join(moved), tmp_path).reason


async def test_bytes_in_an_archive_that_has_none_are_refused(tmp_path: Path) -> None:
    with_bytes, without = await archived(tmp_path), await archived(tmp_path, left_out=True)
    lines = without.splitlines(keepends=True)
    mixed = [*lines[:-1], *media_lines(with_bytes), lines[-1]]
    assert "the archive has none" in fault_in(b"".join(mixed), tmp_path).reason


async def test_a_cut_or_a_flipped_bit_among_the_bytes_is_refused(tmp_path: Path) -> None:
    whole = await archived(tmp_path)
    start = whole.index(b'{"kind":"media_bytes"')
    for place in range(start, len(whole), 400_009):
        assert fault_in(whole[:place], tmp_path).place
        flipped = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        assert fault_in(flipped, tmp_path).place


async def test_bytes_that_change_after_they_were_checked_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "blog"
    file.write_bytes(await archived(tmp_path))
    with open_archive(str(file)) as archive:
        media = ArchivedBytes(archive)
        file.write_bytes(file.read_bytes().replace(b'"number":0,', b'"number":0,,'))
        with pytest.raises(BrokenFile, match="was changed"):
            await anext(media.read(FILES[0].digest))
        media.close()
