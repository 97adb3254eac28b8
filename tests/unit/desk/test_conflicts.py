"""Conflicts: no line by either writer is lost."""

from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.writing.comparison import PartKind
from everpost.domain.writing.differences import Piece, PieceKind
from everpost.web.desk.writing.conflicts import Conflict, resolve
from everpost.web.desk.writing.fields.post_form import FIELDS, Typed

EMPTY: Typed = dict.fromkeys(FIELDS, "")
TEXTS = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8).map("\n".join)


def resolved(base: str, theirs: str, mine: str) -> Conflict:
    return resolve(*({**EMPTY, "content": text} for text in (base, theirs, mine)))


def kinds(conflict: Conflict) -> list[PartKind]:
    [difference] = conflict.differences
    return [part.kind for part in difference.parts]


@given(TEXTS, TEXTS)
def test_a_text_that_only_one_has_changed_is_taken(base: str, changed: str) -> None:
    assert resolved(base, changed, base).typed["content"] == changed
    assert resolved(base, base, changed).typed["content"] == changed
    assert resolved(base, changed, changed).typed["content"] == changed


@given(TEXTS, TEXTS, TEXTS)
def test_the_parts_are_both_texts(base: str, theirs: str, mine: str) -> None:
    for difference in resolved(base, theirs, mine).differences:
        changed = [part for part in difference.parts if part.kind is not PartKind.SAME]
        assert changed
        for part in changed:
            assert "".join(piece.text for piece in part.theirs) in f"{theirs}\n"
            assert "".join(piece.text for piece in part.mine) in f"{mine}\n"


def test_lines_after_the_last_one_do_not_change_it() -> None:
    conflict = resolved("a\nb\nc\nd\ne", "A\nb\nc\nd\ne\nf", "a\nb\nC\nd\ne")
    assert conflict.typed["content"] == "A\nb\nC\nd\ne\nf"
    same = PartKind.SAME
    assert kinds(conflict) == [PartKind.THEIRS, same, PartKind.MINE, same, PartKind.THEIRS]


def test_where_both_have_changed_a_line_mine_is_taken() -> None:
    conflict = resolved("a\nb", "a\ntheirs", "a\nmine")
    assert conflict.typed["content"] == "a\nmine"
    assert kinds(conflict) == [PartKind.SAME, PartKind.CONFLICT]


def test_new_words_are_marked() -> None:
    conflict = resolved("The old house", "The new house", "Something else")
    [difference] = conflict.differences
    [part] = difference.parts
    assert part.theirs == [
        Piece(PieceKind.SAME, "The "),
        Piece(PieceKind.ADDED, "new"),
        Piece(PieceKind.SAME, " house\n"),
    ]
    assert part.mine == [Piece(PieceKind.SAME, "Something else\n")]


def test_the_largest_conflicts_are_shown_in_a_few_hundred_parts() -> None:
    """Even the changes that are shown as one are merged line by line."""
    base = [f"{number}\n" for number in range(30_000)]
    mine = "".join(line if number % 4 else f"mine {line}" for number, line in enumerate(base))
    theirs = "".join(line if number % 4 != 2 else f"theirs {line}" for number, line in enumerate(base))
    conflict = resolved("".join(base), theirs, mine)
    [difference] = conflict.differences
    assert len(difference.parts) <= 501
    assert difference.parts[-1].kind is PartKind.CONFLICT
    merged = conflict.typed["content"]
    assert (merged.count("mine"), merged.count("theirs")) == (7_500, 7_500)


def test_the_work_for_many_repeated_lines_is_bounded() -> None:
    """`difflib` would pair each line with thousands of others."""
    base, theirs, mine = ("".join(f"{number % each}\n" for number in range(60_000)) for each in (5, 7, 11))
    assert resolved(base, theirs, mine).typed["content"] == mine
