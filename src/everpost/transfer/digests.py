"""What a whole blog comes to, so that two can be compared by a look."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.records import Counts
from everpost.transfer.lines import Row


@dataclass(frozen=True, slots=True)
class BlogDigest:
    """How many records of each kind there are, and the SHA-256 of their lines in order: of each kind's,
    and of all. 64 hexadecimal digits each; by the name of the kind, in the order of the stream.
    """

    counts: Counts
    kinds: Mapping[str, str]
    whole: str


class RunningDigest:
    """A digest of the rows so far."""

    def __init__(self, kinds: Kinds) -> None:
        self._counts = {kind.name: 0 for kind in kinds}
        self._kinds = {kind.name: hashlib.sha256() for kind in kinds}
        self._whole = hashlib.sha256()

    def add(self, row: Row) -> None:
        """The next row."""
        name = row.kind.name
        self._counts[name] += 1
        self._kinds[name].update(row.line)
        self._whole.update(row.line)

    def result(self) -> BlogDigest:
        """What it comes to by now."""
        kinds = {name: digest.hexdigest() for name, digest in self._kinds.items()}
        return BlogDigest(dict(self._counts), kinds, self._whole.hexdigest())
