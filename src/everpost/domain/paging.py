"""Pages of a list, and the places between its rows."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from everpost.domain.clock import from_milliseconds, to_milliseconds
from everpost.domain.ids import Id, parse_id

Row = TypeVar("Row")

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_NUMBER = 2**31 - 1
"""The largest `limit` that is a number at all; every database takes it."""
MAX_SKIP = 10_000
"""Rows that a page by number may pass over: a database reads each of them. A cursor goes further."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The place of a row in the total order of its list: by a moment, and then by its id."""

    moment: datetime
    id: Id


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Page(Generic[Row]):
    """Some rows of a list, in its order; `has_more` where others follow."""

    rows: tuple[Row, ...]
    has_more: bool

    @classmethod
    def of(cls, found: Sequence[Row], limit: int) -> "Page[Row]":
        """The page of this size, of which one row more than it has was looked for."""
        return cls(tuple(found[:limit]), has_more=len(found) > limit)


def encode_cursor(position: Position) -> str:
    """The position as an opaque word that is safe in a URL."""
    return encode_word(f"{to_milliseconds(position.moment)}.{position.id}")


def decode_cursor(cursor: str) -> Position | None:
    """The position in a cursor; None where `encode_cursor` cannot have made it."""
    milliseconds, _, name = (decode_word(cursor) or "").partition(".")
    row_id = parse_id(name)
    if row_id is None:
        return None
    try:
        position = Position(from_milliseconds(int(milliseconds)), row_id)
    except (ValueError, OverflowError):
        return None
    return position if encode_cursor(position) == cursor else None


def encode_word(text: str) -> str:
    """Any text as an opaque word that is safe in a URL."""
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def decode_word(word: str) -> str | None:
    """The text in a word; None where `encode_word` cannot have made it."""
    try:
        padded = word.encode("ascii") + b"=" * (-len(word) % 4)
        text = base64.b64decode(padded, b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    return text if encode_word(text) == word else None
