"""Pages of a list, and cursors between its rows."""

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
"""The largest number accepted as a `limit`; every database supports it."""
MAX_SKIP = 10_000
"""Maximum number of rows to skip, because a database reads each of them. A cursor has no such limit."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The place of a row in the total order of its list: by time, then by id."""

    moment: datetime
    id: Id


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Page(Generic[Row]):
    """Some rows of a list, in its order. `has_more`: other rows follow."""

    rows: tuple[Row, ...]
    has_more: bool

    @classmethod
    def of(cls, found: Sequence[Row], limit: int) -> "Page[Row]":
        """A page of at most `limit` rows. `found` must be the result of looking for one row more."""
        return cls(tuple(found[:limit]), has_more=len(found) > limit)


def encode_cursor(position: Position) -> str:
    """The position as an opaque, URL-safe text."""
    return encode_word(f"{to_milliseconds(position.moment)}.{position.id}")


def decode_cursor(cursor: str) -> Position | None:
    """The position in a cursor; None if `encode_cursor` cannot have created it."""
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
    """Any text as an opaque, URL-safe word."""
    return base64.urlsafe_b64encode(text.encode()).decode("ascii").rstrip("=")


def decode_word(word: str) -> str | None:
    """The text in a word; None if `encode_word` cannot have created it."""
    try:
        padded = word.encode("ascii") + b"=" * (-len(word) % 4)
        text = base64.b64decode(padded, b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    return text if encode_word(text) == word else None
