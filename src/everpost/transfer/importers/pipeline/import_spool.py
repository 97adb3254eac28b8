"""The state of an import, in temporary files, because a source can have any size."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.errors import Conflict
from everpost.transfer.importers.model import SourceComment, SourceThread
from everpost.transfer.importers.pipeline.item_spool import ItemSpool

_TABLES = """
CREATE TABLE ids (id BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE slugs (slug TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE reservations (slug TEXT PRIMARY KEY, rank INTEGER, owner TEXT) WITHOUT ROWID;
CREATE TABLE paths (path TEXT PRIMARY KEY, is_draft INTEGER, owner TEXT) WITHOUT ROWID;
CREATE TABLE threads (number INTEGER PRIMARY KEY, url TEXT UNIQUE, title TEXT);
CREATE TABLE comments (number INTEGER PRIMARY KEY, thread INTEGER, comment TEXT);
CREATE INDEX of_thread ON comments (thread);
"""
_AT_ONCE = 100
_CACHE = -8_000
"""Negative, so that SQLite takes it as KiB."""


class ImportSpool:
    """The state of one import: the source's items, the ids and slugs added so far, the slugs reserved for
    posts, and the threads that come in parts.
    """

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="everpost-")
        self._last: tuple[str, int] | None = None
        """The URL and the number of the latest thread. Its next parts need no query, and comparing a long URL
        with itself is fast.
        """
        self.items = ItemSpool(Path(self._folder.name, "items"))
        self._database = sqlite3.connect(Path(self._folder.name, "state"), isolation_level=None)
        self._database.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = {_CACHE}; {_TABLES}"
            "BEGIN;"  # never committed: nothing reads the file after the import
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        self._folder.cleanup()

    def add_id(self, id: Id) -> bool:
        """Add an id; return whether it is new in this import."""
        return self._insert("INSERT OR IGNORE INTO ids VALUES (?)", bytes.fromhex(id))

    def add_ids(self, ids: Sequence[Id]) -> set[Id]:
        """Add these ids; return those that are new in this import."""
        new: set[Id] = set()
        for start in range(0, len(ids), _AT_ONCE):
            some = [bytes.fromhex(each) for each in ids[start : start + _AT_ONCE]]
            marks = ", ".join(["(?)"] * len(some))
            statement = f"INSERT OR IGNORE INTO ids VALUES {marks} RETURNING id"  # noqa: S608 - only marks
            new.update(Id(taken.hex()) for (taken,) in self._database.execute(statement, some))
        return new

    def add_slug(self, slug: str) -> bool:
        """Add a slug; return whether it is new in this import."""
        return self._insert("INSERT OR IGNORE INTO slugs VALUES (?)", slug)

    def has_slug(self, slug: str) -> bool:
        """Whether the slug was added."""
        found = self._database.execute("SELECT 1 FROM slugs WHERE slug = ?", (slug,))
        return found.fetchone() is not None

    def reserve_slug(self, slug: str, owner: Id, *, is_draft: bool, is_path: bool) -> None:
        """Reserve a slug for the post that has it in the source. The first post gets it, but published posts
        go before drafts, and those at whose old path the post with this slug will be before others.
        """
        self._database.execute(
            "INSERT INTO reservations VALUES (?, ?, ?) ON CONFLICT (slug)"
            " DO UPDATE SET rank = excluded.rank, owner = excluded.owner"
            " WHERE excluded.rank < reservations.rank",
            (slug, 2 * is_draft + (not is_path), owner),
        )

    def is_reserved(self, slug: str, except_for: Id) -> bool:
        """Whether the slug is reserved for another post."""
        row = self._database.execute("SELECT owner FROM reservations WHERE slug = ?", (slug,)).fetchone()
        return row is not None and row != (except_for,)

    def reserve_paths(self, paths: Sequence[str], owner: Id, *, is_draft: bool) -> None:
        """Reserve old paths for the first post that has them in the source; published posts take precedence
        over drafts.
        """
        self._database.executemany(
            "INSERT INTO paths VALUES (?, ?, ?) ON CONFLICT (path)"
            " DO UPDATE SET is_draft = excluded.is_draft, owner = excluded.owner"
            " WHERE excluded.is_draft < paths.is_draft",
            ((path, is_draft, owner) for path in paths),
        )

    def own_paths(self, paths: Sequence[str], owner: Id) -> tuple[str, ...]:
        """The given paths that are reserved for the post and are not the slug of another post."""
        marks = ", ".join("?" * len(paths))
        statement = f"SELECT path FROM paths WHERE owner = ? AND path IN ({marks})"  # noqa: S608 - only marks
        own = {path for (path,) in self._database.execute(statement, (owner, *paths))}
        return tuple(path for path in paths if path in own and not self.is_reserved(path[1:], owner))

    def require_unreserved(self, slug: str, except_for: Id) -> None:
        """Raise Conflict("slug") if the slug is reserved for another post."""
        if self.is_reserved(slug, except_for):
            raise Conflict("post", "slug")

    def add_part(self, thread: SourceThread) -> None:
        """Add a part of a thread."""
        if self._last is None or self._last[0] != thread.url:
            url, title = json.dumps(thread.url), json.dumps(thread.title)
            self._database.execute("INSERT OR IGNORE INTO threads (url, title) VALUES (?, ?)", (url, title))
            row = self._database.execute("SELECT number FROM threads WHERE url = ?", (url,)).fetchone()
            self._last = (thread.url, row[0])
        self._database.executemany(
            "INSERT INTO comments (thread, comment) VALUES (?, ?)",
            ((self._last[1], _written(comment)) for comment in thread.comments),
        )

    def take_thread(self, url: str) -> tuple[SourceComment, ...]:
        """Remove and return the comments of a thread; empty if there is no such thread."""
        row = self._database.execute(
            "DELETE FROM threads WHERE url = ? RETURNING number", (json.dumps(url),)
        ).fetchone()
        self._last = None
        if row is None:
            return ()
        rows = self._database.execute(
            "SELECT comment FROM comments WHERE thread = ? ORDER BY number", row
        ).fetchall()
        self._database.execute("DELETE FROM comments WHERE thread = ?", row)
        return tuple(_read(comment) for (comment,) in rows)

    def count_threads(self) -> int:
        """The number of threads."""
        row = self._database.execute("SELECT count(*) FROM threads").fetchone()
        return int(row[0])

    def threads(self) -> Iterator[SourceThread]:
        """All complete threads, in the order of their first parts."""
        for number, url, title in self._database.execute("SELECT * FROM threads ORDER BY number").fetchall():
            thread = SourceThread(url=json.loads(url), title=json.loads(title))
            rows = self._database.execute(
                "SELECT comment FROM comments WHERE thread = ? ORDER BY number", (number,)
            )
            yield replace(thread, comments=tuple(_read(row[0]) for row in rows))

    def _insert(self, statement: str, value: bytes | str) -> bool:
        return self._database.execute(statement, (value,)).rowcount == 1


def _written(comment: SourceComment) -> str:
    """As JSON, whose ASCII form also preserves unpaired surrogates."""
    return json.dumps(
        [
            comment.source_id,
            comment.content,
            comment.publication_date.isoformat(),
            comment.status,
            comment.parent_id,
            comment.name,
            comment.author_id,
            None if comment.updated_at is None else comment.updated_at.isoformat(),
            comment.changes,
        ]
    )


def _read(line: str) -> SourceComment:
    source_id, content, published, status, parent_id, name, author_id, updated, changes = json.loads(line)
    return SourceComment(
        source_id=source_id,
        content=content,
        publication_date=datetime.fromisoformat(published),
        status=CommentStatus(status),
        parent_id=parent_id,
        name=name,
        author_id=author_id,
        updated_at=None if updated is None else datetime.fromisoformat(updated),
        changes=tuple(changes),
    )
