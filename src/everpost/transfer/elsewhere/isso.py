"""Isso's own database, a SQLite file.

https://github.com/isso-comments/isso/blob/master/isso/db/comments.py
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from everpost.domain.clock import EPOCH
from everpost.domain.comments import CommentStatus
from everpost.errors import BrokenFile
from everpost.transfer.elsewhere.items import Fate, Item, Note, SourceComment, SourceThread
from everpost.transfer.elsewhere.left_out import ADDRESSES, EMAILS, VOTES, WEBSITES, LeftOut

_STATUSES = {1: CommentStatus.APPROVED, 2: CommentStatus.PENDING, 4: CommentStatus.REMOVED}
_MAGIC = b"SQLite format 3\0"
_TABLES = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('comments', 'threads')"
_COMMENTS = """
SELECT t.uri, t.title, c.id, c.parent, c.created, c.modified, c.mode, c.text, c.author,
       c.email <> '', c.remote_addr <> '', c.website <> '', c.likes + c.dislikes
FROM comments AS c LEFT JOIN threads AS t ON t.id = c.tid
ORDER BY c.tid, c.id
"""


def read_isso(path: Path) -> Iterator[Item]:
    """Each comment, with the thread that it is on. The file is only read. BrokenFile."""
    left_out = LeftOut(path.name)
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise BrokenFile(path.name, "", "it is not a database of Isso, which is a SQLite file")
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            if database.execute(_TABLES).fetchone() != (2,):
                raise BrokenFile(
                    path.name, "", "it is not a database of Isso: it has no threads and comments"
                )
            for row in database.execute(_COMMENTS):
                yield _item(row, left_out)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite quotes a damaged schema byte for byte
        raise BrokenFile(path.name, "", f"it cannot be read as a SQLite file: {error}") from error
    except OSError as error:
        raise BrokenFile(path.name, "", error.strerror or "cannot be read") from error
    yield from left_out.notes()


def _item(row: tuple[object, ...], left_out: LeftOut) -> Item:
    """A comment, or why it is left out. SQLite keeps values of any type in any column."""
    uri, title, number, parent, created, modified, mode, text, author, *private = row
    published = _moment(created)
    reason = ""
    if uri is None:
        reason = "its thread is not in the database"
    elif published is None:
        reason = f"its date is none: {str(created)[:40]!r}"
    if reason or published is None:
        return Note(
            fate=Fate.DROPPED,
            kind="comment",
            name=f"{number} by {_text(author) or 'nobody'!r}",
            reason=reason,
        )
    for things, value in zip((EMAILS, ADDRESSES, WEBSITES, VOTES), private, strict=True):
        left_out.count(things, value if isinstance(value, int) else 0)
    status = _STATUSES.get(mode) if isinstance(mode, int) else None
    comment = SourceComment(
        source_id=str(number),
        content="" if status is CommentStatus.REMOVED else _text(text),
        publication_date=published,
        status=status or CommentStatus.PENDING,
        parent_id=None if parent is None else str(parent),
        name=None if status is CommentStatus.REMOVED else _text(author).strip() or None,
        updated_at=_moment(modified),
        changes=() if status else (f"its mode {str(mode)[:20]!r} is not known: it is pending",),
    )
    return SourceThread(url=_text(uri), title=_text(title), comments=(comment,))


def _moment(seconds: object) -> datetime | None:
    """The moment so many seconds after 1970."""
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
