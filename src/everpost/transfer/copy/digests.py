"""Digests of a whole blog, which make two blogs quick to compare."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from everpost.domain.record_kinds.kinds import Kind, Kinds
from everpost.domain.records import Counts


@dataclass(frozen=True, slots=True)
class BlogDigest:
    """The number of records of each kind, and the SHA-256 of their lines in order: of each kind and of all. A
    digest has 64 hexadecimal digits; the keys are the names of the kinds in the order of the stream.
    """

    counts: Counts
    kinds: Mapping[str, str]
    whole: str


class RunningDigest:
    """The digest of the rows added so far."""

    def __init__(self, kinds: Kinds) -> None:
        self._counts = {kind.name: 0 for kind in kinds}
        self._kinds = {kind.name: hashlib.sha256() for kind in kinds}
        self._whole = hashlib.sha256()

    def add(self, kind: Kind[Any], line: bytes) -> None:
        """Add the next row."""
        self._counts[kind.name] += 1
        self._kinds[kind.name].update(line)
        self._whole.update(line)

    @property
    def total(self) -> int:
        """The number of rows so far."""
        return sum(self._counts.values())

    def result(self) -> BlogDigest:
        """The digest of the rows added so far."""
        kinds = {name: digest.hexdigest() for name, digest in self._kinds.items()}
        return BlogDigest(dict(self._counts), kinds, self._whole.hexdigest())
