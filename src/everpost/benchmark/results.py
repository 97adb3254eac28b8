"""The results of a benchmark, and the conclusions that they support."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from statistics import harmonic_mean, median
from typing import Self

from everpost.benchmark.blog import Size
from everpost.benchmark.operations import Operation


@dataclass(frozen=True)
class Figures:
    """The figures of one operation on one database: those of one round, or the medians of several."""

    rate: float
    """Requests per second."""
    p50: float
    """Milliseconds, as are the other percentiles."""
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float], *, within: float) -> "Figures":
        """The figures of at least one request: `seconds` are the latencies, `within` the total time."""
        ordered = sorted(seconds)
        p50, p95, p99 = (1_000 * ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.95, 0.99))
        return Figures(len(ordered) / within, p50, p95, p99)

    @classmethod
    def median(cls, rounds: Sequence[Self]) -> Self:
        """The median of each figure."""
        return cls(*(median(getattr(each, field.name) for each in rounds) for field in fields(cls)))


@dataclass(frozen=True, slots=True)
class Measured:
    """All rounds of one operation on one database."""

    rounds: Sequence[Figures]

    @property
    def median(self) -> Figures:
        """The medians of the rounds."""
        return Figures.median(self.rounds)

    @property
    def rates(self) -> tuple[float, float]:
        """The rate of the slowest round, and that of the fastest."""
        rates = [each.rate for each in self.rounds]
        return min(rates), max(rates)


@dataclass(frozen=True, slots=True)
class MeasuredDatabase:
    """A database that was measured."""

    name: str
    """Its URL without the password, numbered where two would be the same."""
    server: str


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured in one run."""

    databases: Sequence[MeasuredDatabase]
    measured: Mapping[Operation, Sequence[Measured]]
    """For each operation, in the order in which they ran, each database in the order of `databases`."""
    size: Size
    seconds: float
    rounds: int
    connections: int
    ended_at: datetime

    def fastest(self, operation: Operation) -> frozenset[int]:
        """The positions of the fastest databases: several if the ranges of their rounds overlap, none if only
        one database was measured.
        """
        columns = self.measured[operation]
        if len(columns) == 1:
            return frozenset()
        best = max(columns, key=lambda each: each.median.rate)
        return frozenset(place for place, each in enumerate(columns) if each.rates[1] >= best.rates[0])

    def verdict(self) -> str:
        """A summary in one sentence."""
        reads, writes = self._ranking(writes=False), self._ranking(writes=True)
        return (
            "On this machine and under this load, with all operations equally frequent, reads per second: "
            f"{reads}; writes per second: {writes}."
        )

    def _ranking(self, *, writes: bool) -> str:
        rates = [
            harmonic_mean(
                [row[place].median.rate for each, row in self.measured.items() if each.writes is writes]
            )
            for place in range(len(self.databases))
        ]
        ranked = sorted(zip(rates, self.databases, strict=True), key=lambda each: -each[0])
        return ", ".join(f"{rate:,.0f} with {database.name}" for rate, database in ranked)
