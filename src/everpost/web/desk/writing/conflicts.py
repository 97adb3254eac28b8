"""A post that two people have changed: what differs, and the fields with the changes of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everpost.web.desk.languages import message
from everpost.web.desk.writing.comparison import Change, Part, compare, merged
from everpost.web.desk.writing.fields.post_form import SEVERAL_LINES, Typed, as_sent

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


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that someone has changed."""

    name: str
    label: str
    parts: Sequence[Part]

    @property
    def is_contested(self) -> bool:
        """Whether both have changed the same lines."""
        return any(part.change is Change.BOTH for part in self.parts)


@dataclass(frozen=True, slots=True)
class Conflict:
    """The differences, and the form with the changes of both; where both have changed the same, with mine."""

    differences: Sequence[Difference]
    typed: Typed


def resolve(base: Typed, theirs: Typed, mine: Typed) -> Conflict:
    """Compare the texts of all fields."""
    differences, typed = [], {}
    for name, text in mine.items():
        versions = [as_sent(name, each) for each in (base[name], theirs[name], text)]
        is_long = name in SEVERAL_LINES
        parts = compare(*versions) if is_long else [Part(*([version] for version in versions))]
        typed[name] = merged(parts)
        if any(part.change is not Change.NOBODY for part in parts):
            differences.append(Difference(name, LABELS[name], [*map(_shortened, parts)]))
    return Conflict(differences, typed)


def _shortened(part: Part) -> Part:
    """The part, if it is unchanged without most of its lines."""
    if part.change is not Change.NOBODY or len(part.base) <= 2 * _SHORT + 1:
        return part
    lines = [*part.base[:_SHORT], "⋯", *part.base[-_SHORT:]]
    return Part(lines, lines, lines)
