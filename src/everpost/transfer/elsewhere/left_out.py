"""What is left out of every comment alike, and is told once for a file: addresses of people, votes."""

from collections import Counter
from collections.abc import Iterator

from everpost.transfer.elsewhere.items import Fate, Note

EMAILS = "email address"
ADDRESSES = "IP address"
VOTES = "vote"
WEBSITES = "website"
SUBSCRIPTIONS = "reply notification"


class LeftOut:
    """Counts it."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._counts: Counter[str] = Counter()

    def count(self, things: str, number: int = 1) -> None:
        """So many more of these things."""
        self._counts[things] += number

    def notes(self) -> Iterator[Note]:
        """A note for each kind of thing."""
        for things, number in sorted(self._counts.items()):
            if number:
                reason = f"{number:,} of commenters: Everpost does not keep them"
                yield Note(fate=Fate.DROPPED, kind=things, name=self._file_name, reason=reason)
