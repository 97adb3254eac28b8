"""The printed summary of an import: a few lines, however large the blog is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from everpost.transfer.importers.model import Note, Outcome

MOST_GROUPS = 30
MOST_UNREADABLE = 100
"""Maximum number of lines in a summary; the rest is only counted."""
_MOST_KINDS = 1_000
_EXAMPLES = 2
_LONGEST_NAME = 60
_LONGEST_COMPARED = 300
_VARIABLE_PARTS = re.compile(r"""'(?:[^'\\]|\\.)*'…?|"(?:[^"\\]|\\.)*"…?|\d[\d,.]*""")
"""The parts of a reason that differ between items: quoted text and numbers."""


@dataclass(slots=True)
class _Group:
    outcome: Outcome
    kind: str
    reason: str
    has_variants: bool = False
    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str, reason: str) -> None:
        """Add an item."""
        self.count += 1
        if len(self.names) < _EXAMPLES:
            self.names.append(name)
        self.has_variants |= reason != self.reason

    def line(self) -> str:
        """The line for all items of the group."""
        if self.count == 1:
            return f"{self.outcome}: {self.kind} {printable(self.names[0])}: {printable(self.reason)}"
        things = f"{self.count:,} {plural(self.kind, self.count)}"
        reason = _generalized(self.reason) if self.has_variants else self.reason
        names = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in self.names]
        more = ", …" if self.count > len(self.names) else ""
        return printable(f"{self.outcome}: {things}: {reason} ({', '.join(names)}{more})")


def summary(notes: Iterable[Note]) -> Iterator[str]:
    """The changed, dropped and unreadable items. Items with the same kind of reason share a line."""
    groups: dict[tuple[Outcome, str, str], _Group] = {}
    unreadable = others = 0
    for note in notes:
        if note.outcome is Outcome.UNREADABLE:
            unreadable += 1
            if unreadable <= MOST_UNREADABLE:
                yield f"{note.outcome}: {note.kind} {printable(note.name)}: {printable(note.reason)}"
            continue
        reasons = note.reason.split("; ") if note.outcome is Outcome.CHANGED else [note.reason]
        for reason in reasons:
            key = (note.outcome, note.kind, _generalized(reason))
            if key not in groups and len(groups) >= _MOST_KINDS:
                others += 1
                continue
            groups.setdefault(key, _Group(note.outcome, note.kind, reason)).add(note.name, reason)
    if unreadable > MOST_UNREADABLE:
        yield f"unreadable: {unreadable - MOST_UNREADABLE:,} more"
    shown = sorted(groups.values(), key=lambda group: -group.count)[:MOST_GROUPS]
    chosen = {id(group) for group in shown}
    yield from (group.line() for group in groups.values() if id(group) in chosen)
    others += sum(group.count for group in groups.values() if id(group) not in chosen)
    if others:
        yield f"{others:,} more were changed or dropped for other reasons."
    if others or unreadable > MOST_UNREADABLE or any(group.count > 1 for group in shown):
        yield "Use --report FILE to list each of them."


def _generalized(reason: str) -> str:
    return _VARIABLE_PARTS.sub("…", reason[:_LONGEST_COMPARED])


def plural(noun: str, number: int) -> str:
    """The noun in the singular or plural."""
    head, of, tail = noun.partition(" of ")
    if number == 1:
        return noun
    if head.endswith("y") and head[-2:-1] not in "aeiou":
        return f"{head[:-1]}ies{of}{tail}"
    end = "es" if head.endswith("ss") else "" if head.endswith("s") else "s"
    return f"{head}{end}{of}{tail}"


def printable(text: str) -> str:
    """The text on one line, without control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
