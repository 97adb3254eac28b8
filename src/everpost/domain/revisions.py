"""Which state of a thing a reader saw, for writers who must not undo what they have not seen."""

from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a post or a comment.

    `version` counts every change, from 1. `updated_at` tells apart two things that had the same
    id one after the other.
    """

    version: int
    updated_at: datetime


Match = frozenset[Revision] | None
"""The states in which a writer will have its way; None: whatever the state."""


def new_stamp() -> int:
    """A random positive 63-bit integer, which tells one state of a row from all its others."""
    return randbelow(2**63 - 1) + 1
