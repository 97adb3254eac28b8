"""Differences between two texts, in bounded time for any texts.

A megabyte of prose takes a tenth of a second, and the worst case about five seconds: call this outside the
event loop. `difflib` takes minutes for a megabyte of lines that are often repeated.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_WORD = re.compile("[^\\W\u2e80-\U0010ffff]+|\\s+|.", re.DOTALL)
"""A word, white space, or one other character. Scripts without spaces between words begin at U+2E80."""
_MOST_CELLS = 2**28
"""The maximum of the products of the sizes of all passages that are compared exactly: 32 MiB of memory and
about a second. A passage beyond that counts as replaced.
"""
_MOST_LEVELS = 50
"""The maximum depth to which parts are divided at items that are unique in them."""

Match = tuple[int, int, int]
"""The places in the first and the second sequence where equal items begin, and their number."""


class PieceKind(StrEnum):
    """Whether a piece of text is in both texts, only in the old one, or only in the new one."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of one of two texts, or of both."""

    kind: PieceKind
    text: str


def lines_of(text: str) -> list[str]:
    """The lines of a text, each with its line end, of any kind. Together they are the text."""
    return _LINE.findall(text)


def word_differences(old: str, new: str) -> Sequence[Piece]:
    """The pieces of both texts, in order; neighbours differ in kind. Those that are the same or removed are
    the old text; those that are the same or added, the new one.
    """
    before, after = _WORD.findall(old), _WORD.findall(new)
    pieces: list[Piece] = []
    at = in_new = 0
    for start, new_start, length in [*matches(before, after), (len(before), len(after), 0)]:
        pieces += [
            Piece(PieceKind.REMOVED, "".join(before[at:start])),
            Piece(PieceKind.ADDED, "".join(after[in_new:new_start])),
            Piece(PieceKind.SAME, "".join(before[start : start + length])),
        ]
        at, in_new = start + length, new_start + length
    return [piece for piece in pieces if piece.text]


def matches(first: Sequence[str], second: Sequence[str]) -> Sequence[Match]:
    """The passages that both sequences have, in order: a longest common subsequence, except that an item
    which is unique in both is preferred, and that long passages without such an item may be skipped.
    """
    pairs = _Matcher(first, second).pairs()
    # Neighbours on one diagonal form one passage.
    found: list[Match] = []
    for _, group in groupby(enumerate(pairs), lambda each: (each[1][0] - each[0], each[1][1] - each[0])):
        passage = [pair for _, pair in group]
        found.append((*passage[0], len(passage)))
    return found


class _Matcher:
    """Finds pairs of equal items of two sequences."""

    def __init__(self, first: Sequence[str], second: Sequence[str]) -> None:
        self._first = first
        self._second = second
        self._cells = _MOST_CELLS

    def pairs(self) -> list[tuple[int, int]]:
        """The places of equal items, in ascending order in both sequences."""
        return list(self._between((0, 0), (len(self._first), len(self._second)), _MOST_LEVELS))

    def _between(
        self, start: tuple[int, int], end: tuple[int, int], levels: int
    ) -> Iterator[tuple[int, int]]:
        """The pairs in a part of both sequences: the common beginning, the items that are unique in both,
        what is equal between those, and the common end.
        """
        a, b = start
        a_end, b_end = end
        while a < a_end and b < b_end and self._first[a] == self._second[b]:
            yield a, b
            a, b = a + 1, b + 1
        tail = 0
        while a < a_end - tail and b < b_end - tail and self._is_equal(a_end - tail - 1, b_end - tail - 1):
            tail += 1
        # Two single items differ, or they would belong to the common beginning.
        sizes = sorted((a_end - tail - a, b_end - tail - b))
        is_plain = sizes[0] == 0 or sizes[1] == 1
        anchors = self._anchors((a, b), (a_end - tail, b_end - tail)) if levels and not is_plain else []
        if not anchors:
            yield from self._longest((a, b), (a_end - tail, b_end - tail))
        else:
            for anchor in [*anchors, (a_end - tail, b_end - tail)]:
                yield from self._between((a, b), anchor, levels - 1)
                a, b = anchor
        for number in range(tail, 0, -1):
            yield a_end - number, b_end - number

    def _is_equal(self, a: int, b: int) -> bool:
        return self._first[a] == self._second[b]

    def _anchors(self, start: tuple[int, int], end: tuple[int, int]) -> list[tuple[int, int]]:
        """The places of items that are unique in both parts, as many as are in the same order in both."""
        once = self._unique(self._first, start[0], end[0])
        others = self._unique(self._second, start[1], end[1])
        both = [(place, others[item]) for item, place in once.items() if item in others]
        # The longest increasing subsequence: the last place of the shortest tails, and their predecessors.
        tails: list[int] = []
        ends: list[int] = []
        before: list[int] = []
        for number, (_, place) in enumerate(both):
            length = bisect_left(tails, place)
            tails[length : length + 1] = [place]
            ends[length : length + 1] = [number]
            before.append(ends[length - 1] if length else -1)
        found: list[tuple[int, int]] = []
        at = ends[-1] if ends else -1
        while at >= 0:
            found.append(both[at])
            at = before[at]
        return found[::-1]

    def _unique(self, items: Sequence[str], start: int, end: int) -> dict[str, int]:
        """The places of the items that are unique in a part, in order."""
        counts = Counter(items[start:end])
        return {items[at]: at for at in range(start, end) if counts[items[at]] == 1}

    def _longest(self, start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """The pairs of a longest common subsequence of two parts, with a bit for each item of the first part
        and an integer for each item of the second.

        https://doi.org/10.1016/j.ipl.2004.06.001 (Hyyrö: Bit-parallel LCS-length computation revisited)
        """
        width, height = end[0] - start[0], end[1] - start[1]
        if not width or not height or width * height > self._cells:
            return
        self._cells -= width * height
        places: dict[str, int] = {}
        for at in range(width):
            item = self._first[start[0] + at]
            places[item] = places.get(item, 0) | 1 << at
        every = (1 << width) - 1
        rows, row = [], every
        for at in range(height):
            common = row & places.get(self._second[start[1] + at], 0)
            row = ((row + common) | (row - common)) & every
            rows.append(row)
        found, a, b = [], width, height
        while a and b:
            if rows[b - 1] >> (a - 1) & 1:
                a -= 1
                continue
            b -= 1
            if not b or rows[b - 1] >> (a - 1) & 1:
                a -= 1
                found.append((start[0] + a, start[1] + b))
        yield from reversed(found)
