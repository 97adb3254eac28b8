"""A whole blog as records: what moves from one database to another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class Record:
    """A value that is stored as a row of its own, of a kind that `domain.record_kinds.registry` lists. Posts
    and comments name their authors by id: `name` is empty, and an author who was removed is None. Posts have
    no comments inside: these are records of their own.
    """

    __slots__ = ()


Counts = Mapping[str, int]
"""The number of records of each kind, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The state to bring about: the `kept` records exist exactly as given, whatever was there before; the
    `erased` ones do not exist. The caller bounds the number of records.
    """

    kept: Sequence[Record] = ()
    erased: Sequence[Record] = ()


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
