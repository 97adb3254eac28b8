"""Ids: 24 lower-case hexadecimal digits."""

import re

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.ids import PATTERN, new_id, parse_id


def test_new_ids_are_unique() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == 10_000
    assert all(parse_id(each) == each for each in ids)


@given(st.binary(min_size=12, max_size=12))
def test_an_id_is_the_same_in_either_case(twelve: bytes) -> None:
    name = twelve.hex()
    assert parse_id(name) == parse_id(name.upper()) == name == str(ObjectId(name))


@given(st.text() | st.from_regex(PATTERN))
def test_ids_match_the_pattern_of_the_contract(text: str) -> None:
    # In Python `$` also matches before a line end; in JSON Schema it does not.
    matches = re.search(PATTERN, text) is not None and not text.endswith("\n")
    assert (parse_id(text) is not None) == matches


@pytest.mark.parametrize(
    "text",
    ["", "0" * 23, "0" * 25, " " + "0" * 23, "0" * 24 + "\n", "g" * 24, "0x" + "0" * 22, "\u0661" * 24],
)
def test_malformed_ids_are_refused(text: str) -> None:
    assert parse_id(text) is None
