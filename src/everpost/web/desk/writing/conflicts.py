"""A post that two people have changed: what differs, and the fields with the changes of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everpost.domain.writing.comparison import Comparison, Part, PartKind, compare_lines
from everpost.domain.writing.differences import Piece, PieceKind, lines_of, word_differences
from everpost.web.desk.writing.fields.post_form import SEVERAL_LINES, Typed, as_sent
from everpost.web.languages import message

LABELS: Mapping[str, str] = {
    "title": message("Title"),
    "content": message("Text"),
    "summary": message("Summary"),
    "tags": message("Tags"),
    "slug": message("Slug"),
    "publication_date": message("Publication date"),
    "kind": message("Kind"),
    "format": message("Format"),
    "comment_policy": message("Comment policy"),
    "author_id": message("Author"),
    "paths": message("Old paths"),
}
_SHORT = 3
"""The number of unchanged lines that are shown around a change."""
_MOST_PARTS = 500
"""The number of parts of a text that are shown. The rest is shown as one."""
_MOST_MARKED = 2_000
"""The number of characters of a part up to which the changed words are marked."""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part of a field. In both versions, the words that the base does not have count as added."""

    kind: PartKind
    base: str
    theirs: Sequence[Piece]
    mine: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that someone has changed."""

    label: str
    parts: Sequence[ShownPart]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The differences, and the form with the changes of both; where both have changed the same, with mine."""

    differences: Sequence[Difference]
    typed: Typed


def resolve(base: Typed, theirs: Typed, mine: Typed) -> Conflict:
    """Compare the texts of all fields. The largest ones take seconds: call this outside of the event loop."""
    differences, typed = [], {}
    for name, text in mine.items():
        versions = [as_sent(name, each) for each in (base[name], text, theirs[name])]
        compared = _compared(*versions) if name in SEVERAL_LINES else _whole(*versions)
        typed[name] = compared.merged.removesuffix("\n")
        if any(part.kind is not PartKind.SAME for part in compared.parts):
            shown = [_shown(part) for part in _first(compared.parts)]
            differences.append(Difference(LABELS[name], shown))
    return Conflict(differences, typed)


def _whole(base: str, mine: str, theirs: str) -> Comparison:
    return Comparison([Part(base=f"{base}\n", mine=f"{mine}\n", theirs=f"{theirs}\n")])


def _compared(*versions: str) -> Comparison:
    """The comparison of the texts, with a line end after each line: otherwise, adding a line would change the
    one before it.
    """
    return compare_lines(*(f"{text}\n" for text in versions))


def _first(parts: Sequence[Part]) -> Sequence[Part]:
    """The parts that are shown."""
    rest = parts[_MOST_PARTS:]
    if not rest:
        return parts
    joined = Part(
        base="".join(part.base for part in rest),
        mine="".join(part.mine for part in rest),
        theirs="".join(part.theirs for part in rest),
    )
    return [*parts[:_MOST_PARTS], joined]


def _shown(part: Part) -> ShownPart:
    """The part; if it is unchanged, without most of its lines."""
    if part.kind is not PartKind.SAME:
        return ShownPart(part.kind, part.base, _marked(part.base, part.theirs), _marked(part.base, part.mine))
    lines = lines_of(part.base)
    if len(lines) > 2 * _SHORT + 1:
        lines = [*lines[:_SHORT], "⋯\n", *lines[-_SHORT:]]
    return ShownPart(part.kind, "".join(lines), (), ())


def _marked(base: str, version: str) -> Sequence[Piece]:
    """The pieces of the version; only one if it is long, or has no word of the base."""
    if len(base) + len(version) <= _MOST_MARKED:
        pieces = [piece for piece in word_differences(base, version) if piece.kind is not PieceKind.REMOVED]
        if any(piece.kind is PieceKind.SAME and piece.text.strip() for piece in pieces):
            return pieces
    return [Piece(PieceKind.SAME, version)]
