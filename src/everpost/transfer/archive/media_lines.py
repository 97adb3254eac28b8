"""The lines of an archive with the bytes of files, which follow the records."""

import re
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

from everpost.errors import Invalid, NotFound
from everpost.transfer.copy.operations import Phase, Progress
from everpost.transfer.media.content import DAMAGED, MISSING, BytesSource, DamagedFile, Fault, whole
from everpost.transfer.media.copies import FileReport
from everpost.transfer.media.file_list import FileList, ListedFile

PART = 786_432
"""Bytes of a file in each line but its last: a megabyte of Base64."""
_IN_MEMORY = 8 * 1024 * 1024
_BEGINNING = b'{"kind":"media_bytes","digest":"'
_LINE = re.compile(
    rb'\{"kind":"media_bytes","digest":"([0-9a-f]{64})","number":(0|[1-9][0-9]{0,9}),"data":(?:"|null\}\n\Z)'
)
_END = b'"}\n'


class Part(NamedTuple):
    """A part of the bytes of a file."""

    digest: str
    number: int
    data: bytes | None
    """None if the blog that was exported did not have the bytes of this file."""


def is_media_line(line: bytes) -> bool:
    """Whether the line has the form of one with bytes."""
    return line.startswith(_BEGINNING)


def digest_of(line: bytes) -> str:
    """The digest in such a line, which need not be valid."""
    return line[len(_BEGINNING) : len(_BEGINNING) + 64].decode("ascii", "replace")


def write_part(part: Part) -> bytes:
    """The line of a part."""
    data = b"null" if part.data is None else b'"%s"' % b64encode(part.data)
    return b'%s%s","number":%d,"data":%s}\n' % (_BEGINNING, part.digest.encode(), part.number, data)


def read_part(line: bytes) -> Part:
    """The part in a line. Raises Invalid unless the line is, byte for byte, that of a part."""
    found = _LINE.match(line)
    if found is None:
        raise Invalid("the line", "is not in the canonical form: check its fields, their order and spelling")
    digest, number = found[1].decode(), int(found[2])
    if found.end() == len(line):
        return Part(digest, number, None)
    encoded = line[found.end() : -len(_END)]
    try:
        data = b64decode(encoded, validate=True)
    except ValueError:
        raise Invalid("data", "is not Base64") from None
    if len(data) > PART:
        raise Invalid("data", f"has more than {PART:,} bytes")
    if not line.endswith(_END) or b64encode(data) != encoded:
        raise Invalid("data", "is not Base64 in the canonical form")
    return Part(digest, number, data)


async def media_lines(
    files: FileList, source: BytesSource, report: FileReport, progress: Progress
) -> AsyncGenerator[Sequence[bytes]]:
    """The lines with the bytes of these files, one after the other, each file noted in the report."""
    done = 0
    for file in files:
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            fault = await _read(file, source, spool)
            if fault is None:
                spool.seek(0)
                for line in _lines(file, spool):
                    yield [line]
                report.copied += 1
                report.copied_size += file.size
            else:
                report.note(fault)
                yield [write_part(Part(file.digest, 0, None))]
        done += file.size
        progress(Phase.EXPORTING_FILES, done, files.size)


def _lines(file: ListedFile, content: IO[bytes]) -> Iterator[bytes]:
    number = 0
    while data := content.read(PART):
        yield write_part(Part(file.digest, number, data))
        number += 1


async def _read(file: ListedFile, source: BytesSource, spool: IO[bytes]) -> Fault | None:
    """Read the bytes of a file to the end, because no line can be taken back."""
    try:
        async with aclosing(whole(source, file)) as parts:
            async for part in parts:
                spool.write(part)
    except NotFound:
        return Fault(file, MISSING)
    except DamagedFile:
        return Fault(file, DAMAGED)
    return None
