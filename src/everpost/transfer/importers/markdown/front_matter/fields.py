"""The values of fields: text, or lists and maps of text."""

from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_NUMBER = 1_000
"""Bits of the longest number that is written in decimal; Python refuses to convert much longer ones."""
COMPUTED = "eleventycomputed"
"""The field whose own fields replace those of the page: https://www.11ty.dev/docs/data-computed/"""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Parsed front matter, before validation."""

    value: object
    """A map, if the front matter is valid."""
    repeated: tuple[str, ...] = ()
    """The keys that occur more than once; the last value is used."""


class Unreadable(Exception):
    """Front matter or a configuration cannot be parsed."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        """The line of the parsed text, from 0."""


def text_of(value: object) -> str:
    """The text of a scalar; empty for a list or a map."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return hex(value)
    return str(value)


def texts_of(value: object) -> list[str]:
    """The texts of a list, or of a scalar as a list of one. A map is represented by its name."""
    values = value if isinstance(value, list) else [value]
    return [text for text in (name_of(each) for each in values) if text]


def name_of(value: object) -> str:
    """The text, or the name in a map: `jekyll-import` writes authors as maps."""
    if not isinstance(value, dict):
        return text_of(value)
    fields = lowered(value)
    whole = " ".join(filter(None, (text_of(fields.get(name)) for name in ("first_name", "last_name"))))
    for each in (*(text_of(fields.get(name)) for name in ("name", "display_name", "title")), whole):
        if each.strip():
            return each
    return text_of(fields.get("login")) or text_of(fields.get("email")).partition("@")[0]


def lowered(value: object) -> Mapping[str, object]:
    """The map with its keys in lower case; empty if the value is not a map."""
    return {str(key).lower(): each for key, each in value.items()} if isinstance(value, dict) else {}


def merged(far: Mapping[str, object], near: Mapping[str, object]) -> dict[str, object]:
    """Merge fields; `near` takes precedence. Eleventy's computed fields are merged, too."""
    both = {**far, **near}
    if COMPUTED in far and COMPUTED in near:
        both[COMPUTED] = {**lowered(far[COMPUTED]), **lowered(near[COMPUTED])}
    return both
