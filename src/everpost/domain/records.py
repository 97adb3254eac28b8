"""A whole blog as records, which can be moved from one database to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class Record:
    """A value that is stored as a row of its own; `domain.record_kinds.registry` lists the kinds. As records,
    posts and comments refer to their authors by id: `name` is empty, and an author who was removed is None.
    Posts contain no comments, which are records of their own.
    """

    __slots__ = ()


Counts = Mapping[str, int]
"""The number of records of each kind, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The state to write: the `kept` records exist exactly as given, overwriting any previous state; the
    `erased` ones do not exist. The caller bounds the number of records.
    """

    kept: Sequence[Record] = ()
    erased: Sequence[Record] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The latest move into a database, as the database records it."""

    origin: str
    """Identifies the source: at most 64 ASCII characters, see `transfer.copy.origins`."""
    digest: str | None = None
    """The digest of the whole blog when the move ended, 64 hexadecimal digits; None: it has not ended."""

    @property
    def is_finished(self) -> bool:
        return self.digest is not None
