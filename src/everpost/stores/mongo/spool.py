"""Documents of a blog, set aside in a file that nobody else sees and that is gone when it is closed."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bson import ObjectId
from bson.raw_bson import RawBSONDocument

from everpost.domain.clock import to_milliseconds
from everpost.domain.record_kinds.registry import KINDS
from everpost.domain.records import Counts

_TABLES = """
PRAGMA journal_mode = OFF;
CREATE TABLE blog (bson BLOB);
CREATE TABLE users (id BLOB PRIMARY KEY, is_living INTEGER, heir BLOB, bson BLOB);
CREATE TABLE tokens (id BLOB PRIMARY KEY, owner BLOB, bson BLOB);
CREATE TABLE posts (
    id BLOB PRIMARY KEY, thread BLOB, version INTEGER, author BLOB, runs TEXT, nested INTEGER, bson BLOB
);
CREATE TABLE copies (thread BLOB, run INTEGER, id BLOB, date INTEGER, bson BLOB);
CREATE INDEX copies_in_order ON copies (thread, date, id);
CREATE TABLE seen (id BLOB PRIMARY KEY);
CREATE TABLE seen_copies (run INTEGER, id BLOB, PRIMARY KEY (run, id)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Head:
    """What is another value whenever a post or its thread says something else."""

    id: ObjectId
    thread: ObjectId
    version: int
    author_id: ObjectId | None

    @classmethod
    def of(cls, post: RawBSONDocument) -> "Head":
        return cls(post["_id"], post["thread"], post["version"], post.get("author_id"))


class Spool:
    """An SQLite database without a name, which is a file as soon as it has more than a few megabytes
    (https://www.sqlite.org/inmemorydb.html#temporary_databases). Documents are kept as they came.
    """

    def __init__(self) -> None:
        self._connection = sqlite3.connect("")
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        self._connection.close()

    def keep_blog(self, document: RawBSONDocument) -> bool:
        """Whether it was another one."""
        before = self._connection.execute("SELECT bson FROM blog").fetchall()
        self._connection.execute("DELETE FROM blog")
        self._connection.execute("INSERT INTO blog VALUES (?)", (bytes(document.raw),))
        return before != [(bytes(document.raw),)]

    def keep_user(self, user: RawBSONDocument) -> bool:
        """Whether it was not there, or was another one."""
        name = user["_id"].binary
        before = self._connection.execute("SELECT bson FROM users WHERE id = ?", (name,)).fetchone()
        if before == (bytes(user.raw),):
            return False
        row = (name, "removed_at" not in user, _binary(user.get("heir")), bytes(user.raw))
        self._connection.execute("INSERT OR REPLACE INTO users VALUES (?, ?, ?, ?)", row)
        return True

    def keep_post(self, post: RawBSONDocument) -> bool:
        """Whether other copies may have settled by now than when it was kept before."""
        head = Head.of(post)
        named, runs = (head.id.binary, head.thread.binary), _runs_of(post)
        before = self._connection.execute("SELECT runs FROM posts WHERE id = ? AND thread = ?", named)
        is_same = before.fetchone() == (runs,)
        row = (*named, head.version, _binary(head.author_id), runs, len(post["comments"]), bytes(post.raw))
        self._connection.execute("INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return not is_same and post["runs"] > 0

    def keep_copies(self, copies: Iterable[RawBSONDocument]) -> None:
        """None of them is there yet."""
        self._connection.executemany("INSERT INTO copies VALUES (?, ?, ?, ?, ?)", map(_copy_row, copies))

    def has(self, head: Head) -> bool:
        """Whether the post is there and says this."""
        row = (head.id.binary, head.thread.binary, head.version, _binary(head.author_id))
        same = "id = ? AND thread = ? AND version = ? AND author IS ?"
        return self._connection.execute(f"SELECT 1 FROM posts WHERE {same}", row).fetchone() is not None  # noqa: S608

    def forget_post(self, id: ObjectId) -> None:
        self._connection.execute("DELETE FROM posts WHERE id = ?", (id.binary,))

    def begin_list(self) -> None:
        """Begin to say which documents of a collection, or which copies of a thread, are there."""
        self._connection.execute("DELETE FROM seen")
        self._connection.execute("DELETE FROM seen_copies")

    def see(self, id: ObjectId) -> None:
        self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (id.binary,))

    def forget_unseen(self, table: str) -> bool:
        """Forget those of a table that are not there any more; whether there were such."""
        unseen = f"DELETE FROM {table} WHERE id NOT IN (SELECT id FROM seen)"  # noqa: S608
        return self._connection.execute(unseen).rowcount > 0

    def see_copies(self, names: Iterable[tuple[int, ObjectId]]) -> None:
        """Of one thread, by run and id."""
        rows = ((run, name.binary) for run, name in names)
        self._connection.executemany("INSERT INTO seen_copies VALUES (?, ?)", rows)

    def forget_unseen_copies(self, thread: ObjectId) -> None:
        """Forget the copies of this thread that are not there any more; left are those that are not kept."""
        of_thread, place = "FROM copies WHERE thread = ?", (thread.binary,)
        unseen = "(run, id) NOT IN (SELECT run, id FROM seen_copies)"
        self._connection.execute(f"DELETE {of_thread} AND {unseen}", place)
        kept = f"(run, id) IN (SELECT run, id {of_thread})"
        self._connection.execute(f"DELETE FROM seen_copies WHERE {kept}", place)  # noqa: S608

    def take_unkept(self, most: int) -> Sequence[tuple[int, ObjectId]]:
        """Some of the copies that were seen and not kept, each once."""
        names = "SELECT run, id FROM seen_copies LIMIT ?"
        found = self._connection.execute(names, (most,)).fetchall()
        self._connection.executemany("DELETE FROM seen_copies WHERE run = ? AND id = ?", found)
        return [(run, ObjectId(name)) for run, name in found]

    def long_posts(self) -> Iterator[bytes]:
        """The documents of posts that have settled copies, or had."""
        return self._each("SELECT bson FROM posts WHERE runs != '0'")

    def forget_copies(
        self, thread: ObjectId, *, after: int, runs: Iterable[int], names: Iterable[tuple[int, ObjectId]]
    ) -> None:
        """Those of later runs, of these runs, and of these names."""
        of_thread, place = "DELETE FROM copies WHERE thread = ?", thread.binary
        self._connection.execute(f"{of_thread} AND run > ?", (place, after))
        self._connection.executemany(f"{of_thread} AND run = ?", ((place, run) for run in runs))
        these = ((place, run, name.binary) for run, name in names)
        self._connection.executemany(f"{of_thread} AND run = ? AND id = ?", these)

    def forget_orphans(self) -> None:
        """The copies of threads without a post."""
        self._connection.execute("DELETE FROM copies WHERE thread NOT IN (SELECT thread FROM posts)")

    def keep_tokens(self, tokens: Iterable[RawBSONDocument], owner: ObjectId) -> None:
        rows = ((token["id"].binary, owner.binary, bytes(token.raw)) for token in tokens)
        self._connection.executemany("INSERT INTO tokens VALUES (?, ?, ?)", rows)

    def count(self) -> Counts:
        counts = self._connection.execute(
            "SELECT (SELECT count(*) FROM blog),"
            " (SELECT count(*) FROM users WHERE is_living), (SELECT count(*) FROM tokens),"
            " (SELECT count(*) FROM posts),"
            " (SELECT count(*) FROM copies) + (SELECT coalesce(sum(nested), 0) FROM posts)"
        )
        return dict(zip((kind.name for kind in KINDS), counts.fetchone(), strict=True))

    def blogs(self) -> Iterator[bytes]:
        return self._each("SELECT bson FROM blog")

    def users(self) -> Iterator[bytes]:
        """Those who were not removed, by id."""
        return self._each("SELECT bson FROM users WHERE is_living ORDER BY id")

    def tokens(self) -> Iterator[tuple[bytes, bytes]]:
        """Their owners and they themselves, by id."""
        yield from self._connection.execute("SELECT owner, bson FROM tokens ORDER BY id")

    def posts(self) -> Iterator[bytes]:
        """By id."""
        return self._each("SELECT bson FROM posts ORDER BY id")

    def copies(self, thread: ObjectId) -> Iterator[bytes]:
        """By date and id."""
        return self._each("SELECT bson FROM copies WHERE thread = ? ORDER BY date, id", thread.binary)

    def user(self, id: bytes) -> tuple[bool, bytes | None]:
        """Whether this is a user who was not removed, and the heir of one who was."""
        found = self._connection.execute("SELECT is_living, heir FROM users WHERE id = ?", (id,)).fetchone()
        return (False, None) if found is None else (bool(found[0]), found[1])

    def _each(self, question: str, *values: bytes) -> Iterator[bytes]:
        for (document,) in self._connection.execute(question, values):
            yield document


def _runs_of(post: RawBSONDocument) -> str:
    """How many settlings began, and which of them did not commit."""
    return " ".join(map(str, [post["runs"], *(each["run"] for each in post["open"])]))


def _copy_row(copy: RawBSONDocument) -> tuple[bytes, int, bytes, int, bytes]:
    name = copy["_id"]
    date = to_milliseconds(copy["publication_date"])
    return name["thread"].binary, name["run"], name["id"].binary, date, bytes(copy.raw)


def _binary(id: ObjectId | None) -> bytes | None:
    return None if id is None else id.binary
