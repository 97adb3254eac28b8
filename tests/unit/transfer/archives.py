"""Archives as bytes, and the errors that checking them raises."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Record
from everpost.errors import BrokenFile
from everpost.transfer.archive.checker import CheckedArchive, check
from everpost.transfer.archive.format import header, trailer
from everpost.transfer.archive.reader import open_archive
from everpost.transfer.copy.digests import RunningDigest
from everpost.transfer.copy.operations import Phase
from everpost.transfer.copy.record_json import row_of
from tests.contract.port.blog.values import ANN, by
from tests.contract.port.blog.whole_blogs import SETTINGS, TOKENS, a_whole_blog
from tests.contract.port.examples import a_comment, a_post, numbered

WHOLE = a_whole_blog()
POST = replace(a_post(id=numbered(1), author=by(ANN), paths=("/a", "/b")), comment_count=2)
FIRST = replace(a_comment(POST.id, id=numbered(2), author=by(ANN)), reply_count=1)
REPLY = a_comment(POST.id, id=numbered(3), parent_id=FIRST.id, depth=1)
EMPTY = {kind.name: int(kind.is_single) for kind in KINDS}
SMALL: list[Record] = [
    replace(SETTINGS, title="", description="", navigation=()),
    ANN,
    TOKENS[0],
    POST,
    FIRST,
    REPLY,
]


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


def archive_of(records: Sequence[Record], *, without: Sequence[str] = ()) -> bytes:
    """An archive of any records with correct counts and digests; `without` names kinds to leave out of the
    first line.
    """
    running = RunningDigest(KINDS)
    rows = [row_of(record) for record in records]
    for row in rows:
        running.add(row.kind, row.line)
    digest = running.result()
    counts = {name: count for name, count in digest.counts.items() if name not in without}
    return b"".join(
        [header(KINDS, counts, has_bytes=False), *(row.line for row in rows), trailer(digest, counts, None)]
    )


def checked(content: bytes, folder: Path) -> CheckedArchive:
    file = folder / "archive"
    file.write_bytes(content)
    with open_archive(str(file)) as archive:
        return check(archive, quiet)


def fault_in(content: bytes, folder: Path) -> BrokenFile:
    with pytest.raises(BrokenFile) as broken:
        checked(content, folder)
    return broken.value
