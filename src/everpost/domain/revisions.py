"""Which state of a thing a reader saw, for writers who must not undo what they have not seen."""

from dataclasses import dataclass
from secrets import token_bytes

MAX_STAMP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a post, a comment, a user or the settings.

    `version` counts every change, from 1. `stamp` is drawn anew with each of them: two histories of a
    database, as after a failover or a restored backup, reach the same version, but never the same stamp.
    """

    version: int
    stamp: int


ExpectedRevisions = frozenset[Revision] | None
"""The states in which a writer will have its way; None: whatever the state."""


def new_stamp() -> int:
    """A random positive 63-bit integer, which tells one state of a row from all its others."""
    return int.from_bytes(token_bytes(8)) & MAX_STAMP or 1
