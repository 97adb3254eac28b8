"""The results, as they are written to a file and read from it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from everpost.benchmark.results import Figures


@dataclass(frozen=True)
class ServedFigures(Figures):
    """The figures of one operation on one subject."""

    cpu: float
    """Milliseconds that the server's processes took for each request, user and system."""


@dataclass
class Results:
    """The results of one run. The key of a subject is its kind and its store, as in `everpost sqlite`; the
    limit has no store.
    """

    machine: str = ""
    versions: str = ""
    command: str = ""
    rounds: int = 0
    seconds: int = 0
    figures: dict[str, dict[str, ServedFigures]] = field(default_factory=dict)
    """By operation, then by subject."""
    megabytes: dict[str, float] = field(default_factory=dict)
    """By subject: the resident memory of the process that serves, after all of it."""
    round_trips: dict[str, dict[str, float]] = field(default_factory=dict)
    """To the database, for one request: by operation, then by subject."""
    distant: dict[str, dict[str, ServedFigures]] = field(default_factory=dict)
    """As `figures`, with the latency of a database on another machine."""
    crashes: dict[str, int] = field(default_factory=dict)
    """How often a subject, by its key, crashed, and was started again to go on."""

    def stores(self) -> list[str]:
        """The measured stores, in the order of the measurement."""
        return [key.partition(" ")[2] for key in self.megabytes if key.startswith("everpost ")]

    def save(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, file: Path) -> Self:
        given = json.loads(file.read_text())
        near, far = (
            {
                operation: {subject: ServedFigures(**each) for subject, each in by_subject.items()}
                for operation, by_subject in given.pop(name, {}).items()
            }
            for name in ("figures", "distant")
        )
        return cls(**given, figures=near, distant=far)
