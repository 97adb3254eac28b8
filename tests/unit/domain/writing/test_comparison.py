"""Three-way comparison of texts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.writing import differences
from everpost.domain.writing.comparison import Comparison, PartKind, compare_lines

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n"]), max_size=10).map("".join)
BASE = "one\ntwo\nthree\nfour\nfive\n"


def kinds(comparison: Comparison) -> list[str]:
    return [part.kind.value for part in comparison.parts]


def test_changes_in_different_places_are_merged() -> None:
    comparison = compare_lines(BASE, BASE.replace("one", "ONE"), BASE.replace("five", "FIVE"))
    assert kinds(comparison) == ["mine", "same", "theirs"]
    assert comparison.merged == "ONE\ntwo\nthree\nfour\nFIVE\n"


def test_different_changes_in_one_place_are_a_conflict() -> None:
    comparison = compare_lines(BASE, BASE.replace("two", "2"), BASE.replace("two", "II"))
    assert kinds(comparison) == ["same", "conflict", "same"]
    conflict = comparison.parts[1]
    assert (conflict.base, conflict.mine, conflict.theirs) == ("two\n", "2\n", "II\n")
    assert comparison.has_conflict


def test_equal_changes_are_no_conflict() -> None:
    changed = BASE.replace("two", "2")
    comparison = compare_lines(BASE, changed, changed)
    assert kinds(comparison) == ["same", "both", "same"]
    assert comparison.merged == changed


def test_a_removed_passage_that_the_other_changed_is_a_conflict() -> None:
    comparison = compare_lines(BASE, "one\nfive\n", BASE.replace("three", "3"))
    assert comparison.has_conflict
    assert [part.mine for part in comparison.parts if part.kind is PartKind.CONFLICT] == [""]


def test_line_ends_are_kept() -> None:
    base = "a\r\nb\nc"
    comparison = compare_lines(base, "a\r\nb\nc\n", "A\r\nb\nc")
    assert comparison.merged == "A\r\nb\nc\n"


@given(TEXTS, TEXTS, TEXTS)
def test_the_parts_are_the_three_texts(base: str, mine: str, theirs: str) -> None:
    comparison = compare_lines(base, mine, theirs)
    assert "".join(part.base for part in comparison.parts) == base
    assert "".join(part.mine for part in comparison.parts) == mine
    assert "".join(part.theirs for part in comparison.parts) == theirs
    found = kinds(comparison)
    assert all(one != other for one, other in pairwise(found))


@given(TEXTS, TEXTS)
def test_if_only_one_has_changed_the_text_that_text_is_the_result(base: str, other: str) -> None:
    assert compare_lines(base, other, base).merged == other
    assert compare_lines(base, base, other).merged == other
    assert compare_lines(base, other, other).merged == other


@given(TEXTS, TEXTS, TEXTS)
def test_mine_and_theirs_can_be_swapped(base: str, mine: str, theirs: str) -> None:
    one, other = compare_lines(base, mine, theirs), compare_lines(base, theirs, mine)
    assert one.has_conflict == other.has_conflict
    assert one.has_conflict or one.merged == other.merged


def test_the_work_for_the_longest_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passages that are too long to be compared exactly count as replaced."""
    monkeypatch.setattr(differences, "_MOST_CELLS", 100)
    mine = "".join(f"{number % 7}\n" for number in range(1_000))
    theirs = "".join(f"{number % 5}\n" for number in range(1_000))
    assert compare_lines("", mine, theirs).has_conflict
    assert kinds(compare_lines(mine, mine[::-1].lstrip(), mine)) == ["mine"]
    assert kinds(compare_lines("0\n1\n0\n", "0\n0\n", "0\n1\n0\n")) == ["same", "mine", "same"]
