"""Three-way comparison: my text, their text, and the text from which both were begun."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from everpost.domain.writing.differences import Match, lines_of, matches


class PartKind(StrEnum):
    """The side that changed a part of a text."""

    SAME = "same"
    """Nobody."""
    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    """Both, in the same way."""
    CONFLICT = "conflict"
    """Both, in different ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of three texts."""

    base: str
    mine: str
    theirs: str

    @property
    def kind(self) -> PartKind:
        if self.mine == self.theirs:
            return PartKind.SAME if self.mine == self.base else PartKind.BOTH
        if self.mine == self.base:
            return PartKind.THEIRS
        return PartKind.MINE if self.theirs == self.base else PartKind.CONFLICT


@dataclass(frozen=True, slots=True)
class Comparison:
    """The parts of three texts, in order. Together, the `base` of all parts is the base, and so on."""

    parts: Sequence[Part]

    @property
    def has_conflict(self) -> bool:
        """Whether both changed the same part in different ways."""
        return any(part.kind is PartKind.CONFLICT for part in self.parts)

    @property
    def merged(self) -> str:
        """The text with the changes of both; with mine, if both changed the same lines."""
        return "".join(part.theirs if part.kind is PartKind.THEIRS else part.mine for part in self.parts)


def compare_lines(base: str, mine: str, theirs: str) -> Comparison:
    """Compare three texts line by line. Neighbouring parts differ in kind. The time is bounded for any texts:
    see `differences`.
    """
    lines, of_mine, of_theirs = lines_of(base), lines_of(mine), lines_of(theirs)
    parts: list[Part] = []
    at, in_mine, in_theirs = 0, 0, 0
    end = (len(lines), len(of_mine), len(of_theirs), 0)
    for start, mine_start, theirs_start, length in [*_common(lines, of_mine, of_theirs), end]:
        changed = Part(
            base="".join(lines[at:start]),
            mine="".join(of_mine[in_mine:mine_start]),
            theirs="".join(of_theirs[in_theirs:theirs_start]),
        )
        same = "".join(lines[start : start + length])
        for part in (changed, Part(base=same, mine=same, theirs=same)):
            _append(parts, part)
        at, in_mine, in_theirs = start + length, mine_start + length, theirs_start + length
    return Comparison(parts)


def _common(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """The passages that all three have: their places in each, and their length."""
    in_mine, in_theirs = list(matches(base, mine)), list(matches(base, theirs))
    one, other = 0, 0
    while one < len(in_mine) and other < len(in_theirs):
        found = _overlap(in_mine[one], in_theirs[other])
        if found is not None:
            yield found
        if sum(in_mine[one][::2]) < sum(in_theirs[other][::2]):
            one += 1
        else:
            other += 1


def _overlap(mine: Match, theirs: Match) -> tuple[int, int, int, int] | None:
    """The part of the base that two passages share."""
    start = max(mine[0], theirs[0])
    length = min(mine[0] + mine[2], theirs[0] + theirs[2]) - start
    if length <= 0:
        return None
    return start, mine[1] + start - mine[0], theirs[1] + start - theirs[0], length


def _append(parts: list[Part], part: Part) -> None:
    """Append a part, joined with the last one if that has the same kind."""
    if not (part.base or part.mine or part.theirs):
        return
    if parts and parts[-1].kind is part.kind:
        last = parts.pop()
        part = Part(base=last.base + part.base, mine=last.mine + part.mine, theirs=last.theirs + part.theirs)
    parts.append(part)
