"""Three-way comparison of texts, line by line, as in `diff3`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_MOST_EXACT = 2_000
"""The number of lines up to which frequent lines, such as empty ones, are compared, too."""


class Change(StrEnum):
    """The writer who has changed a part of the base."""

    NOBODY = "nobody"
    THEY = "they"
    YOU = "you"
    BOTH_ALIKE = "both alike"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of the base, and the lines in their place in both texts."""

    base: Sequence[str]
    theirs: Sequence[str]
    mine: Sequence[str]

    @property
    def change(self) -> Change:
        if self.theirs == self.mine:
            return Change.NOBODY if self.mine == self.base else Change.BOTH_ALIKE
        if self.theirs == self.base:
            return Change.YOU
        return Change.THEY if self.mine == self.base else Change.BOTH

    @property
    def merged(self) -> Sequence[str]:
        """The lines with both changes; with mine, if both have changed the same lines."""
        return self.theirs if self.change is Change.THEY else self.mine


def compare(base: str, theirs: str, mine: str) -> list[Part]:
    """The parts of the texts, in order. Lines end with LF."""
    texts = base.split("\n"), theirs.split("\n"), mine.split("\n")
    parts = []
    done = (0, 0, 0)
    for start, sizes in _common(*texts):
        changed = Part(*(text[a:b] for text, a, b in zip(texts, done, start, strict=True)))
        if any((changed.base, changed.theirs, changed.mine)):
            parts.append(changed)
        same = texts[0][start[0] : start[0] + sizes]
        if same:
            parts.append(Part(same, same, same))
        done = (start[0] + sizes, start[1] + sizes, start[2] + sizes)
    return parts


def merged(parts: Sequence[Part]) -> str:
    """The text with the changes of both."""
    return "\n".join(line for part in parts for line in part.merged)


def _common(
    base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]
) -> Iterator[tuple[tuple[int, int, int], int]]:
    """The positions and the lengths of the lines that all three have; the last one is empty."""
    in_theirs, in_mine = _blocks(base, theirs), _blocks(base, mine)
    one = two = 0
    while one < len(in_theirs) and two < len(in_mine):
        (a, b, size), (c, d, other) = in_theirs[one], in_mine[two]
        start, end = max(a, c), min(a + size, c + other)
        if start < end:
            yield (start, b + start - a, d + start - c), end - start
        if a + size < c + other:
            one += 1
        else:
            two += 1
    yield (len(base), len(theirs), len(mine)), 0


def _blocks(base: Sequence[str], text: Sequence[str]) -> list[tuple[int, int, int]]:
    matcher = SequenceMatcher(None, base, text, autojunk=max(len(base), len(text)) > _MOST_EXACT)
    return [(each.a, each.b, each.size) for each in matcher.get_matching_blocks()]
