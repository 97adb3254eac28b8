"""An index of an archive for its validation, in a temporary file to save memory."""

import sqlite3

from everpost.domain.comments import Comment

_SCHEMA = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE seen_values (noun TEXT, value TEXT, PRIMARY KEY (noun, value)) WITHOUT ROWID;
    CREATE TABLE comments (
        id TEXT PRIMARY KEY, post TEXT, parent TEXT, depth INTEGER,
        replies INTEGER, shown INTEGER, line INTEGER
    ) WITHOUT ROWID;
"""
_ADD_VALUE = "INSERT OR IGNORE INTO seen_values VALUES (?, ?)"
_HAS_VALUE = "SELECT 1 FROM seen_values WHERE noun = ? AND value = ?"
_ADD_COMMENT = "INSERT OR IGNORE INTO comments VALUES (?, ?, ?, ?, ?, ?, ?)"
_WRONG_DEPTHS = """
    SELECT reply.line, parent.depth FROM comments AS reply
    LEFT JOIN comments AS parent ON parent.id = reply.parent AND parent.post = reply.post
    WHERE reply.parent IS NOT NULL AND (parent.depth IS NULL OR parent.depth + 1 <> reply.depth)
    ORDER BY reply.line LIMIT 1
"""
_WRONG_REPLY_COUNTS = """
    SELECT comments.line, ifnull(reply_counts.number, 0) FROM comments
    LEFT JOIN (SELECT parent, count(*) AS number FROM comments WHERE shown GROUP BY parent) AS reply_counts
    ON reply_counts.parent = comments.id
    WHERE comments.replies <> ifnull(reply_counts.number, 0)
    ORDER BY comments.line LIMIT 1
"""


class Index:
    """The values that must be unique, and the structure of all threads."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # https://sqlite.org/inmemorydb.html
        self._database.executescript(_SCHEMA + "BEGIN;")

    def close(self) -> None:
        """Delete the index."""
        self._database.close()

    def add_value(self, noun: str, value: str) -> bool:
        """Add a value; return whether it is new."""
        return self._database.execute(_ADD_VALUE, (noun, value)).rowcount == 1

    def has_value(self, noun: str, value: str) -> bool:
        """Whether the value was added."""
        return self._database.execute(_HAS_VALUE, (noun, value)).fetchone() is not None

    def add_comment(self, comment: Comment, line: int) -> bool:
        """Add a comment with the number of its line; return whether its id is new."""
        position = (comment.id, comment.post_id, comment.parent_id, comment.depth)
        values = (*position, comment.reply_count, comment.is_shown, line)
        return self._database.execute(_ADD_COMMENT, values).rowcount == 1

    def find_error(self) -> tuple[int, str] | None:
        """The number of the first line whose comment has a wrong parent, depth or reply count, and what is
        wrong with it; None if there is none.
        """
        for line, depth in self._database.execute(_WRONG_DEPTHS):
            if depth is None:
                return line, "parent_id: is not a comment of the same post"
            return line, f"depth: should be {depth + 1:,}, one more than that of its parent"
        for line, number in self._database.execute(_WRONG_REPLY_COUNTS):
            return line, f"reply_count: should be {number:,}"
        return None
