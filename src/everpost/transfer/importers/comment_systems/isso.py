"""Isso's database, a SQLite file.

https://github.com/isso-comments/isso/blob/master/isso/db/comments.py
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from everpost.domain.clock import EPOCH
from everpost.domain.comments import CommentStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.compressed_files import unpacked
from everpost.transfer.importers.model import Item, Note, Outcome, SourceComment, SourceThread
from everpost.transfer.importers.reports.omissions import (
    ADDRESSES,
    EMAILS,
    SUBSCRIPTIONS,
    VOTES,
    WEBSITES,
    Omissions,
)

_STATUSES = {1: CommentStatus.APPROVED, 2: CommentStatus.PENDING, 4: CommentStatus.REMOVED}
_MAGIC = b"SQLite format 3\0"
LONGEST_VALUE = 16 * 1024 * 1024
"""Bytes of a text or a blob."""
LEAST_STEPS = 10_000_000
STEPS_PER_BYTE = 50
"""Maximum steps of SQLite's virtual machine. A sound file takes one or two per byte; a malicious one can have
more rows than bytes.
"""
_STEPS_AT_ONCE = 100_000
_TABLES = """
SELECT count(*) FROM sqlite_master
WHERE type = 'table' AND name IN ('comments', 'threads') AND sql LIKE 'CREATE TABLE%'
"""
_COMMENTS = """
SELECT tid, id, parent, created, modified, mode, text, author,
       email <> '', remote_addr <> '', website <> '', likes + dislikes, {notification}
FROM comments ORDER BY tid, id
"""
_THREAD = "SELECT uri, title FROM threads WHERE id = ? LIMIT 1"


def read_isso(path: Path) -> Iterator[Item]:
    """Each comment, with its thread. The file is not modified. Raises BrokenFile."""
    omissions = Omissions(path.name)
    try:
        with unpacked(path, ".db") as file, closing(_open(path, file)) as database:
            if database.execute(_TABLES).fetchone() != (2,):
                raise BrokenFile(path.name, "", "it is not an Isso database: it has no threads and comments")
            columns = {name for _, name, *_ in database.execute("PRAGMA table_info(comments)")}
            notification = "notification" if "notification" in columns else "0"
            comments = database.execute(_COMMENTS.format(notification=notification))
            # A join would read the thread's texts once per comment.
            for thread_id, rows in groupby(comments, key=itemgetter(0)):
                thread = database.execute(_THREAD, (thread_id,)).fetchone() or (None, None)
                for row in rows:
                    yield _item((*thread, *row[1:]), omissions)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite quotes a damaged schema byte for byte
        raise BrokenFile(path.name, "", f"it cannot be read as a SQLite file: {error}") from error
    except OSError as error:
        raise BrokenFile(path.name, "", error.strerror or "cannot be read") from error
    yield from omissions.notes()


def _open(path: Path, file: Path) -> sqlite3.Connection:
    """The database, opened read-only, with limits against malicious files. Raises BrokenFile."""
    with file.open("rb") as start:
        if start.read(len(_MAGIC)) != _MAGIC:
            raise BrokenFile(path.name, "", "it is not an Isso database, which is a SQLite file")
    remaining = max(LEAST_STEPS, STEPS_PER_BYTE * file.stat().st_size)

    def is_exhausted() -> bool:
        nonlocal remaining
        remaining -= _STEPS_AT_ONCE
        return remaining < 0

    database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    database.set_progress_handler(is_exhausted, _STEPS_AT_ONCE)
    for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _item(row: tuple[object, ...], omissions: Omissions) -> Item:
    """A comment, or a note if it is dropped. In SQLite, any column can have values of any type."""
    uri, title, number, parent, created, modified, mode, text, author, *private = row
    published = _date(created)
    reason = ""
    if uri is None:
        reason = "its thread is not in the database"
    elif published is None:
        reason = f"its date is invalid: {str(created)[:40]!r}"
    if reason or published is None:
        return Note(
            outcome=Outcome.DROPPED,
            kind="comment",
            name=f"{number} by {_text(author) or 'nobody'!r}",
            reason=reason,
        )
    for things, value in zip((EMAILS, ADDRESSES, WEBSITES, VOTES, SUBSCRIPTIONS), private, strict=True):
        omissions.count(things, value if isinstance(value, int) else 0)
    status = _STATUSES.get(mode) if isinstance(mode, int) else None
    comment = SourceComment(
        source_id=str(number),
        content="" if status is CommentStatus.REMOVED else _text(text),
        publication_date=published,
        status=status or CommentStatus.PENDING,
        parent_id=None if parent is None else str(parent),
        name=None if status is CommentStatus.REMOVED else _text(author).strip() or None,
        updated_at=_date(modified),
        changes=() if status else (f"it awaits approval: its mode was {str(mode)[:20]!r}",),
    )
    return SourceThread(url=_text(uri), title=_text(title), comments=(comment,))


def _date(seconds: object) -> datetime | None:
    """The date of a Unix time; None if it is invalid."""
    if not isinstance(seconds, int | float):
        return None
    try:
        return EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)
