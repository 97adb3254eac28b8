"""Parts of comments that are never imported, such as email addresses and votes, and are reported once per
file.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from everpost.transfer.importers.model import Note, Outcome

EMAILS = "email address"
ADDRESSES = "IP address"
VOTES = "vote"
WEBSITES = "website"
SUBSCRIPTIONS = "reply notification"
PROFILES = "profile address"
PICTURES = "picture"
_MOST_NAMES = 200


class Omissions:
    """Counts omitted parts by kind."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._counts: Counter[str] = Counter()

    def count(self, things: str, number: int = 1) -> None:
        """Count omitted parts of this kind."""
        self._counts[things] += number

    def notes(self) -> Iterator[Note]:
        """A note for each kind."""
        for things, number in sorted(self._counts.items()):
            if number:
                reason = f"{number:,} of commenters: Everpost does not keep them"
                yield Note(outcome=Outcome.DROPPED, kind=things, name=self._file_name, reason=reason)


class UnknownFields:
    """Counts the fields that a reader does not know, by name. If a format gains fields, they are reported."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, names: Iterable[str]) -> None:
        """Count one of each."""
        for name in names:
            is_room = len(self._counts) < _MOST_NAMES or name in self._counts
            self._counts[name if is_room else "others"] += 1

    def notes(self) -> Iterator[Note]:
        """A note for each name."""
        for name, number in sorted(self._counts.items()):
            reason = f"Everpost has no field for it; occurrences: {number:,}"
            yield Note(outcome=Outcome.DROPPED, kind="field", name=name, reason=reason)
