"""What a whole blog comes to, so that two can be compared by a look."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from everpost.domain.records import RecordCounts
from everpost.transfer.lines import KINDS, Kind, Row


@dataclass(frozen=True, slots=True)
class BlogDigest:
    """How many records of each kind there are, and the SHA-256 of their lines in order: of each kind's,
    and of all. 64 hexadecimal digits each.
    """

    counts: Mapping[Kind, int]
    kinds: Mapping[Kind, str]
    whole: str

    @property
    def record_counts(self) -> RecordCounts:
        """The same as a snapshot counts them."""
        counts = self.counts
        return RecordCounts(counts["user"], counts["token"], counts["post"], counts["comment"])


class RunningDigest:
    """A digest of the rows so far."""

    def __init__(self) -> None:
        self._counts: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        self._kinds = {kind: hashlib.sha256() for kind in KINDS}
        self._whole = hashlib.sha256()

    def add(self, row: Row) -> None:
        """The next row."""
        self._counts[row.kind] += 1
        self._kinds[row.kind].update(row.line)
        self._whole.update(row.line)

    def result(self) -> BlogDigest:
        """What it comes to by now."""
        kinds = {kind: digest.hexdigest() for kind, digest in self._kinds.items()}
        return BlogDigest(dict(self._counts), kinds, self._whole.hexdigest())
