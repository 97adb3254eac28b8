"""Cursors: opaque, encoded positions in a list."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.clock import EARLIEST, LATEST, from_milliseconds, to_milliseconds
from everpost.domain.ids import Id
from everpost.domain.paging import Position, decode_cursor, encode_cursor

ID = Id("0123456789abcdef01234567")
IDS = st.binary(min_size=12, max_size=12).map(lambda twelve: Id(twelve.hex()))
MOMENTS = st.integers(to_milliseconds(EARLIEST), to_milliseconds(LATEST)).map(from_milliseconds)
POSITIONS = st.builds(Position, MOMENTS, IDS)


def encoded(plain: str) -> str:
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


@given(POSITIONS)
def test_a_cursor_leads_back_to_its_position(position: Position) -> None:
    assert decode_cursor(encode_cursor(position)) == position


@given(POSITIONS)
def test_a_cursor_is_safe_in_a_url(position: Position) -> None:
    assert set(encode_cursor(position)) <= {*string.ascii_letters, *string.digits, "-", "_"}


@given(st.text())
def test_any_text_is_either_a_cursor_or_refused(text: str) -> None:
    position = decode_cursor(text)
    assert position is None or encode_cursor(position) == text


@given(POSITIONS, st.data())
def test_a_damaged_cursor_never_passes_for_another_spelling_of_a_position(
    position: Position, data: st.DataObject
) -> None:
    cursor = encode_cursor(position)
    place = data.draw(st.integers(0, len(cursor) - 1))
    damaged = cursor[:place] + data.draw(st.characters()) + cursor[place + 1 :]
    assert damaged == cursor or decode_cursor(damaged) != position


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "a",
        "!",
        "é",
        "\x00",
        "0.0123456789abcdef01234567",
        encoded(""),
        encoded("."),
        encoded(f"0{ID}"),
        encoded("0."),
        encoded(f".{ID}"),
        encoded(f"0.{ID}") + "=",
        encoded(f"0.{ID}") + "\n",
        encoded(f" 0.{ID}"),
        encoded(f"+0.{ID}"),
        encoded(f"-0.{ID}"),
        encoded(f"00.{ID}"),
        encoded(f"1_0.{ID}"),
        encoded(f"\u0661.{ID}"),
        encoded(f"0x1.{ID}"),
        encoded(f"1e3.{ID}"),
        encoded(f"nan.{ID}"),
        encoded(f"0.0.{ID}"),
        encoded(f"0.{ID.upper()}"),
        encoded(f"0.{ID[1:]}"),
        encoded(f"0.{ID}0"),
        encoded(f"0.{ID[1:]}g"),
        encoded(f"{to_milliseconds(EARLIEST) - 1}.{ID}"),
        encoded(f"{to_milliseconds(LATEST) + 1}.{ID}"),
        encoded(f"{10**30}.{ID}"),
        encoded(f"{'9' * 5000}.{ID}"),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        "A" * 100_000,
    ],
)
def test_a_malformed_cursor_is_refused(cursor: str) -> None:
    assert decode_cursor(cursor) is None


@given(POSITIONS, POSITIONS)
def test_positions_are_ordered_by_their_dates_and_then_by_their_ids(one: Position, other: Position) -> None:
    assert (one < other) == ((one.moment, one.id) < (other.moment, other.id))
    same_date = Position(one.moment, other.id)
    assert (one < same_date) == (int(one.id, 16) < int(other.id, 16))
