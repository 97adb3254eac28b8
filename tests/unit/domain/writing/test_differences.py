"""Differences between texts."""

from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.writing.differences import Piece, PieceKind, lines_of, matches, word_differences

WORDS = st.lists(st.sampled_from("abc"), max_size=12)


def longest_common_subsequence(first: list[str], second: list[str]) -> int:
    """The length of a longest common subsequence, by definition."""
    lengths = [0] * (len(second) + 1)
    for item in first:
        diagonal = 0
        for at, other in enumerate(second, 1):
            diagonal, lengths[at] = (
                lengths[at],
                diagonal + 1 if item == other else max(lengths[at], lengths[at - 1]),
            )
    return lengths[-1]


@given(WORDS, WORDS)
def test_matches_are_equal_and_in_order(first: list[str], second: list[str]) -> None:
    at, other = 0, 0
    for start, place, length in matches(first, second):
        assert length > 0
        assert start >= at
        assert place >= other
        assert first[start : start + length] == second[place : place + length]
        at, other = start + length, place + length
    assert at <= len(first)
    assert other <= len(second)


@given(WORDS, WORDS)
def test_as_much_as_possible_matches_if_nothing_is_unique(first: list[str], second: list[str]) -> None:
    # Without a common beginning and end, after which an item could be unique in the rest.
    first, second = ["^", *first, *first, "$"], ["<", *second, *second, ">"]
    found = sum(length for _, _, length in matches(first, second))
    assert found == longest_common_subsequence(first, second)


@given(st.text(alphabet="a \r\n\u2028\x0b"))
def test_lines_are_the_text_byte_for_byte(text: str) -> None:
    lines = lines_of(text)
    assert "".join(lines) == text
    assert all(line.rstrip("\r\n") + line[len(line.rstrip("\r\n")) :] == line for line in lines)


def test_every_line_end_ends_a_line() -> None:
    assert lines_of("a\nb\r\nc\r\rd\u2028e") == ["a\n", "b\r\n", "c\r", "\r", "d\u2028e"]
    assert lines_of("") == []


def test_differences_are_whole_words() -> None:
    same, removed, added = PieceKind.SAME, PieceKind.REMOVED, PieceKind.ADDED
    assert word_differences("The old, grey house", "The new, grey mouse") == [
        Piece(same, "The "),
        Piece(removed, "old"),
        Piece(added, "new"),
        Piece(same, ", grey "),
        Piece(removed, "house"),
        Piece(added, "mouse"),
    ]
    assert word_differences("我爱你", "我恨你") == [
        Piece(same, "我"),
        Piece(removed, "爱"),
        Piece(added, "恨"),
        Piece(same, "你"),
    ]
    assert word_differences("same", "same") == [Piece(same, "same")]
    assert word_differences("", "") == []


@given(st.text(alphabet="ab \n,"), st.text(alphabet="ab \n,"))
def test_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = word_differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.ADDED) == old
    assert "".join(piece.text for piece in pieces if piece.kind is not PieceKind.REMOVED) == new
