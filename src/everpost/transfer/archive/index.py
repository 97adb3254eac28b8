"""An index of an archive for its validation, in a temporary file to save memory."""

import sqlite3
from operator import itemgetter

from everpost.domain.record_kinds.kinds import Values

_SCHEMA = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE seen_values (noun TEXT, value TEXT, PRIMARY KEY (noun, value)) WITHOUT ROWID;
    CREATE TABLE comments (
        line INTEGER PRIMARY KEY, id TEXT, post TEXT, parent TEXT, depth INTEGER,
        replies INTEGER, is_approved INTEGER
    );
"""
_ADD_VALUE = "INSERT OR IGNORE INTO seen_values VALUES (?, ?)"
_HAS_VALUE = "SELECT 1 FROM seen_values WHERE noun = ? AND value = ?"
_ADD_COMMENT = "INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ? = 'approved')"
_COMMENT = itemgetter("id", "post_id", "parent_id", "depth", "reply_count", "status")
_AT_ONCE = 1_000
_INDEX_IDS = "CREATE UNIQUE INDEX by_id ON comments (id)"
"""Created at the end, which takes less time than keeping it up to date."""
_DUPLICATES = "SELECT max(line) FROM comments GROUP BY id HAVING count(*) > 1 ORDER BY 1 LIMIT 1"
_WRONG_DEPTHS = """
    SELECT reply.line, parent.depth FROM comments AS reply
    LEFT JOIN comments AS parent ON parent.id = reply.parent AND parent.post = reply.post
    WHERE reply.parent IS NOT NULL AND (parent.depth IS NULL OR parent.depth + 1 <> reply.depth)
    ORDER BY reply.line LIMIT 1
"""
_WRONG_REPLY_COUNTS = """
    SELECT comments.line, ifnull(reply_counts.number, 0) FROM comments
    LEFT JOIN (
        SELECT parent, count(*) AS number FROM comments WHERE is_approved OR replies GROUP BY parent
    ) AS reply_counts ON reply_counts.parent = comments.id
    WHERE comments.replies <> ifnull(reply_counts.number, 0)
    ORDER BY comments.line LIMIT 1
"""


class Index:
    """The values that must be unique, and the structure of all threads."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # https://sqlite.org/inmemorydb.html
        self._database.executescript(_SCHEMA + "BEGIN;")
        self._comments: list[tuple[object, ...]] = []
        """The latest comments, which are not in the table yet."""

    def close(self) -> None:
        """Delete the index."""
        self._database.close()

    def add_value(self, noun: str, value: str) -> bool:
        """Add a value; return whether it is new."""
        return self._database.execute(_ADD_VALUE, (noun, value)).rowcount == 1

    def has_value(self, noun: str, value: str) -> bool:
        """Whether the value was added."""
        return self._database.execute(_HAS_VALUE, (noun, value)).fetchone() is not None

    def add_comment(self, values: Values, line: int) -> None:
        """Add a comment with the number of its line."""
        self._comments.append((line, *_COMMENT(values)))
        if len(self._comments) >= _AT_ONCE:
            self._write_comments()

    def find_error(self) -> tuple[int, str] | None:
        """The number of the first line whose comment has the id of an earlier one, or else a wrong parent,
        depth or reply count, and what is wrong with it; None if there is none.
        """
        self._write_comments()
        try:
            self._database.execute(_INDEX_IDS)
        except sqlite3.IntegrityError:
            (line,) = self._database.execute(_DUPLICATES).fetchone()
            return line, "id: another comment already has it"
        for line, depth in self._database.execute(_WRONG_DEPTHS):
            if depth is None:
                return line, "parent_id: is not a comment of the same post"
            return line, f"depth: should be {depth + 1:,}, one more than that of its parent"
        for line, number in self._database.execute(_WRONG_REPLY_COUNTS):
            return line, f"reply_count: should be {number:,}"
        return None

    def _write_comments(self) -> None:
        self._database.executemany(_ADD_COMMENT, self._comments)
        self._comments.clear()
