"""Pages of a list, and the places between its rows."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from everpost.domain.clock import from_milliseconds, to_milliseconds
from everpost.domain.ids import Id, parse_id

Row = TypeVar("Row")

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_NUMBER = 2**31 - 1
"""The largest `skip` or `limit` that is a number at all; every database takes it."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The place of a row in the total order of its list."""

    publication_date: datetime
    id: Id


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, in its order; `has_more` where others follow."""

    rows: tuple[Row, ...]
    has_more: bool


def encode_cursor(position: Position) -> str:
    """The position as an opaque word that is safe in a URL."""
    plain = f"{to_milliseconds(position.publication_date)}.{position.id}"
    return base64.urlsafe_b64encode(plain.encode("ascii")).decode("ascii").rstrip("=")


def decode_cursor(cursor: str) -> Position | None:
    """The position in a cursor; None where `encode_cursor` cannot have made it."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        milliseconds, _, name = base64.b64decode(padded, b"-_", validate=True).decode().partition(".")
        moment = from_milliseconds(int(milliseconds))
    except (ValueError, OverflowError, binascii.Error):
        return None
    row_id = parse_id(name)
    if row_id is None:
        return None
    position = Position(moment, row_id)
    return position if encode_cursor(position) == cursor else None
