"""How two revisions of a post differ, word by word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everpost.domain.writing.differences import Piece, PieceKind, lines_of, word_differences
from everpost.domain.writing.history import PostRevision
from everpost.web.desk.writing.fields.tag_lists import written
from everpost.web.languages import message

_LABELS: Mapping[str, str] = {
    "title": message("Title"),
    "content": message("Text"),
    "summary": message("Summary"),
    "tags": message("Tags"),
    "cover": message("Cover picture"),
    "format": message("Format"),
    "author": message("Author"),
}
_SHORT = 3
"""The number of unchanged lines that are shown around a change."""
_MOST_PIECES = 2_000
"""The number of pieces of a text that are shown. The rest is shown as replaced."""


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A field that differs between two revisions."""

    label: str
    pieces: Sequence[Piece]


def changed_fields(old: PostRevision, new: PostRevision) -> Sequence[ChangedField]:
    """The fields that differ. The largest texts take seconds: call this outside of the event loop."""
    before, after = _texts(old), _texts(new)
    return [
        ChangedField(label, _shown(word_differences(before[name], after[name])))
        for name, label in _LABELS.items()
        if before[name] != after[name]
    ]


def _texts(revision: PostRevision) -> Mapping[str, str]:
    return {
        "title": revision.title,
        "content": revision.content,
        "summary": revision.summary or "",
        "tags": written(revision.tags),
        "cover": revision.cover or "",
        "format": revision.format.value,
        "author": "" if revision.author is None else revision.author.name,
    }


def _shown(pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces, without most of the lines that did not change."""
    first, rest = pieces[:_MOST_PIECES], pieces[_MOST_PIECES:]
    last = len(pieces) - 1
    shown = [
        _shortened(piece, is_first=place == 0, is_last=place == last) for place, piece in enumerate(first)
    ]
    kinds = (PieceKind.REMOVED, PieceKind.ADDED) if rest else ()
    return [*shown, *(Piece(kind, _text_of(rest, kind)) for kind in kinds)]


def _text_of(pieces: Sequence[Piece], kind: PieceKind) -> str:
    """The old or the new text."""
    return "".join(piece.text for piece in pieces if piece.kind in (kind, PieceKind.SAME))


def _shortened(piece: Piece, *, is_first: bool, is_last: bool) -> Piece:
    """An unchanged piece with only the lines next to a change."""
    lines = lines_of(piece.text)
    if piece.kind is not PieceKind.SAME or len(lines) <= 2 * _SHORT + 1:
        return piece
    start, end = ([] if is_first else lines[:_SHORT]), ([] if is_last else lines[-_SHORT:])
    return Piece(PieceKind.SAME, "".join([*start, "⋯\n", *end]))
