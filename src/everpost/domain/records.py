"""A whole blog as records: what moves from one database to another."""

from collections.abc import Sequence
from dataclasses import dataclass

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.domain.tokens import Token
from everpost.domain.users import User

Record = Blog | User | Token | Post | Comment
"""A row as it is kept. Posts and comments name their authors by id: `name` is empty, and an author who
is no more is None. Posts have no comments inside: these are records of their own.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is to be so: `kept` are there, exactly as they are here, whatever was there before; `erased`
    are not. The number of records is bounded by who makes it.
    """

    kept: Sequence[Record] = ()
    erased: Sequence[User | Token | Post | Comment] = ()


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many there are of each."""

    users: int
    tokens: int
    posts: int
    comments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """What a database says of the latest move into it."""

    origin: str
    """Which blog moved here: at most 64 ASCII characters, see `transfer.origins`."""
    digest: str | None = None
    """What the whole blog came to when the move ended, 64 hexadecimal digits; None: it has not ended."""

    @property
    def is_finished(self) -> bool:
        return self.digest is not None
