"""The durations of outages."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


def longest_gap(moments: Iterable[float], *, since: float, until: float) -> float:
    """The longest interval between two of these times that overlaps that from `since` to `until`."""
    inside = sorted(moments)
    before = [each for each in inside if each <= since]
    after = [each for each in inside if each >= until]
    edges = [
        before[-1] if before else since,
        *(each for each in inside if since < each < until),
        after[0] if after else until,
    ]
    return max(later - earlier for earlier, later in pairwise(edges))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The outage of one fault in seconds, for Everpost's clients and for a plain client of the database."""

    fault: str
    of_everpost: float
    of_the_database: float

    @property
    def added(self) -> float:
        """The time that Everpost adds to the outage of the database."""
        return self.of_everpost - self.of_the_database

    def __str__(self) -> str:
        return (
            f"{self.fault}: no acknowledgement for {self.of_everpost:.1f} s,"
            f" the database's own gap {self.of_the_database:.1f} s (promised: at most 2 s more)"
        )
