"""Three-way comparison: no line by either writer is lost."""

from hypothesis import given
from hypothesis import strategies as st

from everpost.web.desk.writing.comparison import Change, compare, merged
from everpost.web.desk.writing.fields.line_endings import restored, with_line_feeds
from everpost.web.desk.writing.fields.tag_lists import parse, written

texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8).map("\n".join)
endings = st.lists(st.sampled_from(["a", "b", "", "\n", "\r", "\r\n"]), max_size=12).map("".join)


@given(texts, texts, texts)
def test_the_parts_are_the_three_texts(base: str, theirs: str, mine: str) -> None:
    parts = compare(base, theirs, mine)
    assert "\n".join(line for part in parts for line in part.base) == base
    assert "\n".join(line for part in parts for line in part.theirs) == theirs
    assert "\n".join(line for part in parts for line in part.mine) == mine


@given(texts, texts)
def test_a_text_that_only_one_has_changed_is_taken(base: str, changed: str) -> None:
    assert merged(compare(base, changed, base)) == changed
    assert merged(compare(base, base, changed)) == changed
    assert merged(compare(base, changed, changed)) == changed


def test_changes_of_different_lines_are_merged() -> None:
    parts = compare("a\nb\nc\nd\ne", "A\nb\nc\nd\ne\nf", "a\nb\nC\nd\ne")
    assert merged(parts) == "A\nb\nC\nd\ne\nf"
    assert [part.change for part in parts if part.change is not Change.NOBODY] == [
        Change.THEY,
        Change.YOU,
        Change.THEY,
    ]


@given(endings)
def test_an_unchanged_text_is_restored(text: str) -> None:
    assert restored(with_line_feeds(text).replace("\n", "\r\n"), text) == text


@given(endings, endings)
def test_a_changed_text_keeps_its_lines(stored: str, typed: str) -> None:
    assert with_line_feeds(restored(typed, stored)) == with_line_feeds(typed)


@given(st.lists(st.text("ab\", '\\\t", min_size=1).map(str.strip).filter(bool), max_size=5, unique=True))
def test_tags_are_read_as_they_were_written(tags: list[str]) -> None:
    assert parse(written(tags)) == tags
