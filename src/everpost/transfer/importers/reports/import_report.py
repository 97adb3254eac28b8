"""What became of each thing of an import."""

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

from everpost.transfer.importers.model import Note, Outcome, Problem
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.reports.summary import plural, summary

_SPOOL = 1024 * 1024
"""Bytes that are in memory before a temporary file is made."""


class NoteSink(ABC):
    """Takes notes on the fate of each item."""

    @abstractmethod
    def add(self, note: Note) -> None:
        """Keep a note."""

    def imported(self, kind: str, name: str, changes: Normalizer) -> None:
        """The item is imported; with changes, it is reported as changed."""
        fate = Outcome.CHANGED if changes else Outcome.IMPORTED
        self.add(Note(fate=fate, kind=kind, name=name, reason=str(changes)))

    def already_present(self, kind: str, name: str) -> None:
        """The item exists already, and stays as it is."""
        self.add(Note(fate=Outcome.PRESENT, kind=kind, name=name))

    def dropped(self, kind: str, name: str, reason: str) -> None:
        """The item is left out."""
        self.add(Note(fate=Outcome.DROPPED, kind=kind, name=name, reason=reason))

    def unreadable(self, problem: Problem) -> None:
        """The item cannot be read."""
        self.add(Note(fate=Outcome.UNREADABLE, kind=problem.kind, name=problem.name, reason=problem.reason))


class NoteBuffer(NoteSink):
    """Notes that are collected for later."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes)

    def __len__(self) -> int:
        return len(self._notes)

    def add(self, note: Note) -> None:
        self._notes.append(note)


class ImportReport(NoteSink):
    """The notes of an import, in order, and how many there are; however many, they take no memory."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Outcome, str]] = Counter()
        self._lines = tempfile.SpooledTemporaryFile(_SPOOL, "w+", encoding="utf-8", newline="\n")  # noqa: SIM115  (it is closed with the report)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget the notes."""
        self._lines.close()

    def add(self, note: Note) -> None:
        self._counts[note.fate, note.kind] += 1
        self._lines.write(_line(note))

    def extend(self, notes: NoteBuffer) -> None:
        """Keep all of these."""
        for note in notes:
            self.add(note)

    def count(self, fate: Outcome, kind: str | None = None) -> int:
        """How many notes of this fate there are, of all kinds or of one."""
        return sum(n for (each, noun), n in self._counts.items() if each is fate and kind in (None, noun))

    def notes(self, *fates: Outcome) -> Iterator[Note]:
        """Every note of these fates, or of all. No note may be added until they have been read."""
        self._lines.seek(0)
        try:
            for line in self._lines:
                values = json.loads(line)
                if not fates or values["fate"] in fates:
                    yield Note(**{**values, "fate": Outcome(values["fate"])})
        finally:
            self._lines.seek(0, os.SEEK_END)

    def text(self) -> Iterator[str]:
        """The report for a person, line by line: what is not as it was, and last the counts."""
        yield from summary(self.notes(Outcome.CHANGED, Outcome.DROPPED, Outcome.UNREADABLE))
        for fate in Outcome:
            kinds = sorted((kind, n) for (each, kind), n in self._counts.items() if each is fate)
            if kinds:
                yield f"{fate.capitalize()}: " + ", ".join(f"{n:,} {plural(kind, n)}" for kind, n in kinds)
        if not self._counts:
            yield "Nothing was imported."

    def save(self, path: Path) -> None:
        """Write the report as JSON: {"counts": {fate: {kind: number}}, "items": [a note, ...]}. The file
        is whole or not there, and only its owner can read it. OSError.
        """
        counts: dict[Outcome, dict[str, int]] = {}
        for (fate, kind), number in sorted(self._counts.items()):
            counts.setdefault(fate, {})[kind] = number
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(f'{{"counts": {json.dumps(counts)},\n"items": [')
                self._lines.seek(0)
                for number, line in enumerate(self._lines):
                    file.write(("," if number else "") + "\n" + line.rstrip("\n"))
                file.write("\n]}\n")
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        finally:
            self._lines.seek(0, os.SEEK_END)


def _line(note: Note) -> str:
    """As JSON, whose ASCII keeps unpaired surrogates too."""
    values = (note.fate, note.kind, note.name, note.reason)
    fate, kind, name, reason = map(encode_basestring_ascii, values)
    return f'{{"fate": {fate}, "kind": {kind}, "name": {name}, "reason": {reason}}}\n'
