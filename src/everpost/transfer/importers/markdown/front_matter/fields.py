"""What the fields of a page say: text, or lists and maps of it."""

from collections.abc import Mapping
from dataclasses import dataclass

_LONGEST_NUMBER = 1_000
"""Bits that Python writes as decimals at once: it refuses to for many thousands."""
COMPUTED = "eleventycomputed"
"""The field whose own fields replace those of the page: https://www.11ty.dev/docs/data-computed/"""


@dataclass(frozen=True, slots=True)
class Fields:
    """What front matter says, before anything is made of it."""

    value: object
    """A map, if it is as it should be."""
    repeated: tuple[str, ...] = ()
    """The keys that it has more than once; the last value counts."""


class Unreadable(Exception):
    """Front matter, or a configuration, is not what it should be."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        """Of the text that was read, from 0."""


def text_of(value: object) -> str:
    """The text of a scalar; empty for all else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return hex(value)
    return str(value)


def texts_of(value: object) -> list[str]:
    """The texts of a list, of a scalar one; a map in it counts by its name."""
    values = value if isinstance(value, list) else [value]
    return [text for text in (name_of(each) for each in values) if text]


def name_of(value: object) -> str:
    """The text, or what a map calls itself: `jekyll-import` writes authors so."""
    if not isinstance(value, dict):
        return text_of(value)
    fields = lowered(value)
    whole = " ".join(filter(None, (text_of(fields.get(name)) for name in ("first_name", "last_name"))))
    for each in (*(text_of(fields.get(name)) for name in ("name", "display_name", "title")), whole):
        if each.strip():
            return each
    return text_of(fields.get("login")) or text_of(fields.get("email")).partition("@")[0]


def lowered(value: object) -> Mapping[str, object]:
    """The map, with its keys in lower case; empty where it is none."""
    return {str(key).lower(): each for key, each in value.items()} if isinstance(value, dict) else {}


def merged(far: Mapping[str, object], near: Mapping[str, object]) -> dict[str, object]:
    """Both, where what is near counts; what Eleventy computes is merged, too."""
    both = {**far, **near}
    if COMPUTED in far and COMPUTED in near:
        both[COMPUTED] = {**lowered(far[COMPUTED]), **lowered(near[COMPUTED])}
    return both
