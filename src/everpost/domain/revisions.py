"""Revisions identify the state that a client has read, so that it does not overwrite changes it has not
seen.
"""

from dataclasses import dataclass
from secrets import token_bytes

MAX_STAMP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a post, a comment, a user or the settings.

    `version` counts changes, starting at 1. `stamp` is a random number that each change renews: two histories
    of a database, as after a failover or a restored backup, can reach the same version, but never the same
    stamp.
    """

    version: int
    stamp: int


ExpectedRevisions = frozenset[Revision] | None
"""The states in which a write is to succeed; None: any state."""


def new_stamp() -> int:
    """A random positive 63-bit integer, which distinguishes one state of a row from all others."""
    return int.from_bytes(token_bytes(8)) & MAX_STAMP or 1
