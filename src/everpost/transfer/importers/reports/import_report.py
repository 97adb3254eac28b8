"""The report of an import: the outcome of each item."""

import json
import os
import tempfile
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from json.encoder import encode_basestring_ascii
from pathlib import Path
from types import TracebackType
from typing import Self

from everpost.transfer.importers.model import Note, Outcome, UnreadablePart
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.reports.summary import plural, summary
from everpost.transfer.new_files import new_file

_MAX_MEMORY = 1024 * 1024
"""Bytes in memory before a temporary file is created."""


class NoteSink(ABC):
    """Receives notes on the outcome of each item."""

    @abstractmethod
    def add(self, note: Note) -> None:
        """Add a note."""

    def imported(self, kind: str, name: str, changes: Normalizer) -> None:
        """The item was imported; with changes, it is reported as changed."""
        outcome = Outcome.CHANGED if changes else Outcome.IMPORTED
        self.add(Note(outcome=outcome, kind=kind, name=name, reason=str(changes)))

    def already_present(self, kind: str, name: str) -> None:
        """The item exists already, and stays unchanged."""
        self.add(Note(outcome=Outcome.PRESENT, kind=kind, name=name))

    def dropped(self, kind: str, name: str, reason: str) -> None:
        """The item was not imported."""
        self.add(Note(outcome=Outcome.DROPPED, kind=kind, name=name, reason=reason))

    def unreadable(self, problem: UnreadablePart) -> None:
        """The item cannot be read."""
        self.add(
            Note(outcome=Outcome.UNREADABLE, kind=problem.kind, name=problem.name, reason=problem.reason)
        )


class NoteBuffer(NoteSink):
    """Collects notes in memory."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes)

    def __len__(self) -> int:
        return len(self._notes)

    def add(self, note: Note) -> None:
        self._notes.append(note)


class ImportReport(NoteSink):
    """The notes of an import, in order, with their counts. Above one megabyte, they are in a temporary
    file.
    """

    def __init__(self) -> None:
        self._counts: Counter[tuple[Outcome, str]] = Counter()
        self._lines = tempfile.SpooledTemporaryFile(_MAX_MEMORY, "w+", encoding="utf-8", newline="\n")  # noqa: SIM115  (closed with the report)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Delete the notes."""
        self._lines.close()

    def add(self, note: Note) -> None:
        self._counts[note.outcome, note.kind] += 1
        self._lines.write(_line(note))

    def extend(self, notes: NoteBuffer) -> None:
        """Add all of these notes."""
        for note in notes:
            self.add(note)

    def count(self, outcome: Outcome, kind: str | None = None) -> int:
        """The number of notes with this outcome, of one kind or of all."""
        return sum(n for (each, noun), n in self._counts.items() if each is outcome and kind in (None, noun))

    def notes(self, *outcomes: Outcome) -> Iterator[Note]:
        """The notes with these outcomes, or all. No note may be added while they are being read."""
        starts = tuple(f'{{"outcome": "{outcome}"' for outcome in outcomes or Outcome)
        self._lines.seek(0)
        try:
            for line in self._lines:
                if line.startswith(starts):  # most are not asked for
                    values = json.loads(line)
                    yield Note(**{**values, "outcome": Outcome(values["outcome"])})
        finally:
            self._lines.seek(0, os.SEEK_END)

    def text(self) -> Iterator[str]:
        """The report as lines of text: first the items that were not imported unchanged, then the counts."""
        yield from summary(self.notes(Outcome.CHANGED, Outcome.DROPPED, Outcome.UNREADABLE))
        for outcome in Outcome:
            kinds = sorted((kind, n) for (each, kind), n in self._counts.items() if each is outcome)
            if kinds:
                yield f"{outcome.capitalize()}: " + ", ".join(f"{n:,} {plural(kind, n)}" for kind, n in kinds)
        if not self._counts:
            yield "Nothing was imported."

    def save(self, path: Path, *, overwrite: bool = False) -> None:
        """Write the report as JSON: {"counts": {outcome: {kind: number}}, "items": [a note, ...]}. The file
        appears only when it is complete, and only its owner can read it. Raises FileExistsError unless
        `overwrite`, OSError.
        """
        counts: dict[Outcome, dict[str, int]] = {}
        for (outcome, kind), number in sorted(self._counts.items()):
            counts.setdefault(outcome, {})[kind] = number
        try:
            with new_file(path, overwrite=overwrite) as file:
                file.write(f'{{"counts": {json.dumps(counts)},\n"items": ['.encode())
                self._lines.seek(0)
                for number, line in enumerate(self._lines):
                    file.write((("," if number else "") + "\n" + line.rstrip("\n")).encode())
                file.write(b"\n]}\n")
        finally:
            self._lines.seek(0, os.SEEK_END)


def _line(note: Note) -> str:
    """As JSON, whose ASCII form also preserves unpaired surrogates."""
    values = (note.outcome, note.kind, note.name, note.reason)
    outcome, kind, name, reason = map(encode_basestring_ascii, values)
    return f'{{"outcome": {outcome}, "kind": {kind}, "name": {name}, "reason": {reason}}}\n'
