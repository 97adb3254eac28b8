"""The fields of the editor: values as text, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.posts import MAX_CONTENT
from everpost.web.desk.writing.fields.base_forms import packed, unpacked
from everpost.web.desk.writing.fields.line_endings import restored, with_line_feeds
from everpost.web.desk.writing.fields.post_form import FIELDS
from everpost.web.desk.writing.fields.tag_lists import parse, written

endings = st.lists(st.sampled_from(["a", "b", "", "\n", "\r", "\r\n"]), max_size=12).map("".join)


@given(endings)
def test_an_unchanged_text_is_restored(text: str) -> None:
    assert restored(with_line_feeds(text).replace("\n", "\r\n"), text) == text


@given(endings, endings)
def test_a_changed_text_keeps_its_lines(stored: str, typed: str) -> None:
    assert with_line_feeds(restored(typed, stored)) == with_line_feeds(typed)


def test_lines_that_are_still_there_keep_their_endings() -> None:
    stored = "a\r\nb\nc\rd\r\ne"
    assert restored("new\nb\nc\nd\nnew\ne\n", stored) == "new\r\nb\nc\rd\r\nnew\r\ne\r\n"


def test_two_endings_do_not_become_one() -> None:
    restored_text = restored("x\n\ny\nz\n", "a\r\rx\r\ry\nb\n")
    assert with_line_feeds(restored_text) == "x\n\ny\nz\n"
    for stored in ("\r\na\n", "a\r\n\n\rb\n", "\r\r\n\n"):
        for typed in ("\n\n\n", "\n\n", "a\n\n\nb", "\n\na\n\n"):
            assert with_line_feeds(restored(typed, stored)) == typed


@given(st.lists(st.text("ab\", '\\\t", min_size=1).map(str.strip).filter(bool), max_size=5, unique=True))
def test_tags_are_read_as_they_were_written(tags: list[str]) -> None:
    assert parse(written(tags)) == tags


@pytest.mark.parametrize("character", ["a", "\n", "我", "😀", "\x01"], ids=ascii)
def test_the_largest_base_is_read_as_it_was_written(character: str) -> None:
    form = {**dict.fromkeys(FIELDS, ""), "content": character * MAX_CONTENT}
    assert unpacked(packed(form)) == form
