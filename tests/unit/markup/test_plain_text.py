"""Excerpts and reading times."""

import pytest

from everpost.domain.posts import PostFormat
from everpost.markup.fallback import plain_comment, plain_post
from everpost.markup.plain_text import MAX_EXCERPT, excerpt_of, reading_minutes_of
from everpost.markup.rendering import render_post


def excerpt(content: str) -> str:
    return render_post(content, PostFormat.MARKDOWN).excerpt


def test_an_excerpt_is_the_beginning_of_the_text_without_markup() -> None:
    content = (
        "# Title\n\nSome *text*, `code`\nand [links](/a)[^1].\n\n```\nx\n```\n\n"
        "| a |\n|---|\n\n- b &amp; c\n\n[^1]: n"
    )
    assert excerpt(content) == "Some text, code and links. b & c"


def test_an_excerpt_of_headings_alone_is_their_text() -> None:
    assert excerpt("# One\n\n## Two") == "One Two"


def test_an_excerpt_has_a_space_between_lines_blocks_and_items() -> None:
    assert excerpt("one<br>two\n\n- three\n- four") == "one two three four"


def test_an_excerpt_is_cut_after_a_word() -> None:
    shown = excerpt_of("word " * 100)
    assert shown == "word " * 55 + "word…"
    assert len(shown) <= MAX_EXCERPT


def test_an_excerpt_without_spaces_is_cut_after_a_character() -> None:
    assert excerpt_of("字" * 1000) == "字" * (MAX_EXCERPT - 1) + "…"


@pytest.mark.parametrize("length", range(270, 290))
def test_no_excerpt_is_longer_than_its_limit(length: int) -> None:
    assert len(excerpt_of("a" * length + " b")) <= MAX_EXCERPT
    assert len(excerpt_of("a b" * length)) <= MAX_EXCERPT


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("", 1), ("word " * 230, 1), ("word " * 231, 2), ("字" * 500, 1), ("字" * 501, 2), ("don't " * 230, 1)],
)
def test_reading_minutes(text: str, minutes: int) -> None:
    assert reading_minutes_of(text) == minutes


def test_the_fallback_is_the_text_in_paragraphs() -> None:
    assert plain_post("<b>&\n\n\n  two\nlines\n").html == "<p>&lt;b&gt;&amp;</p>\n<p>two\nlines</p>"
    assert plain_comment("a\n\nb").html == "<p>a</p>\n<p>b</p>"
