"""What must be remembered of an archive to tell whether it is right: in a temporary file, so that it takes no
memory.
"""

import sqlite3

from everpost.domain.comments import Comment

_SCHEMA = """
    PRAGMA journal_mode = OFF;
    CREATE TABLE taken (noun TEXT, value TEXT, PRIMARY KEY (noun, value)) WITHOUT ROWID;
    CREATE TABLE comments (
        id TEXT PRIMARY KEY, post TEXT, parent TEXT, depth INTEGER,
        replies INTEGER, shown INTEGER, line INTEGER
    ) WITHOUT ROWID;
"""
_TAKE = "INSERT OR IGNORE INTO taken VALUES (?, ?)"
_IS_TAKEN = "SELECT 1 FROM taken WHERE noun = ? AND value = ?"
_ADD = "INSERT OR IGNORE INTO comments VALUES (?, ?, ?, ?, ?, ?, ?)"
_MISPLACED = """
    SELECT answer.line, parent.depth FROM comments AS answer
    LEFT JOIN comments AS parent ON parent.id = answer.parent AND parent.post = answer.post
    WHERE answer.parent IS NOT NULL AND (parent.depth IS NULL OR parent.depth + 1 <> answer.depth)
    ORDER BY answer.line LIMIT 1
"""
_MISCOUNTED = """
    SELECT comments.line, ifnull(answers.number, 0) FROM comments
    LEFT JOIN (SELECT parent, count(*) AS number FROM comments WHERE shown GROUP BY parent) AS answers
    ON answers.parent = comments.id
    WHERE comments.replies <> ifnull(answers.number, 0)
    ORDER BY comments.line LIMIT 1
"""


class Index:
    """Values that are taken, and the shape of all threads."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)  # https://sqlite.org/inmemorydb.html
        self._database.executescript(_SCHEMA + "BEGIN;")

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def take(self, noun: str, value: str) -> bool:
        """Whether the value was free until now."""
        return self._database.execute(_TAKE, (noun, value)).rowcount == 1

    def is_taken(self, noun: str, value: str) -> bool:
        """Whether `take` had this value."""
        return self._database.execute(_IS_TAKEN, (noun, value)).fetchone() is not None

    def add(self, comment: Comment, line: int) -> bool:
        """Remember a comment that stands in this line; whether its id was free until now."""
        place = (comment.id, comment.post_id, comment.parent_id, comment.depth)
        values = (*place, comment.reply_count, comment.is_shown, line)
        return self._database.execute(_ADD, values).rowcount == 1

    def find_fault(self) -> tuple[int, str] | None:
        """The first line whose comment is not where it should be in its thread, or counts its replies
        wrongly, and what is wrong.
        """
        for line, depth in self._database.execute(_MISPLACED):
            if depth is None:
                return line, "parent_id: is not a comment of the same post"
            return line, f"depth: should be {depth + 1:,}, one more than that of its parent"
        for line, number in self._database.execute(_MISCOUNTED):
            return line, f"reply_count: should be {number:,}"
        return None
