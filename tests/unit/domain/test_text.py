"""Storable text, and the normalization of slugs and tags."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.posts import MAX_SLUG, checked_slug, checked_tags
from everpost.domain.reserved import RESERVED, is_reserved
from everpost.domain.text import normalize_slug, numbered_slug, unstorable_reason
from everpost.errors import Invalid

ANY_TEXT = st.text(st.characters(categories=None))
"""Lone surrogates included."""


@pytest.mark.parametrize(
    ("text", "word"), [("a\x00", "NUL"), ("\ud800", "surrogate"), ("a\udfffb", "surrogate")]
)
def test_unstorable_text_has_a_reason(text: str, word: str) -> None:
    assert word in (unstorable_reason(text) or "")


@given(ANY_TEXT)
def test_all_of_utf8_except_nul_is_storable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        storable = False
    else:
        storable = "\x00" not in text
    assert (unstorable_reason(text) is None) == storable


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("hello-world", "hello-world"),
        ("Hello, World!", "hello-world"),
        ("  --a  b--  ", "a-b"),
        ("a_b/c.d", "a-b-c-d"),
        ("Ünïcödé", "ünïcödé"),
        ("e\u0301", "\u00e9"),
        ("\uff21\uff11", "a1"),
        ("\ufb01x", "fix"),
        ("STRASSE Straße", "strasse-straße"),
        ("İ", "i\u0307"),
        ("日本語 テキスト", "日本語-テキスト"),
        ("नमस्ते", "नमस्ते"),
        ("x²", "x2"),
        ("a \u0301 b", "a-b"),
        ("a😀b", "a-b"),
        ("don't", "don-t"),
    ],
)
def test_a_slug_is_words_in_lower_case_with_one_hyphen_between(asked: str, kept: str) -> None:
    assert checked_slug(asked) == kept


@given(st.text())
def test_a_slug_is_normal_already(text: str) -> None:
    slug = normalize_slug(text)
    assert normalize_slug(slug) == slug
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug


@pytest.mark.parametrize("text", ["", " ", "---", "😀", "\u0301", "!?", "\u200b"])
def test_a_slug_needs_a_letter_or_a_digit(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked_slug(text)
    assert caught.value.field == "slug"


@pytest.mark.parametrize("word", ["archive", "Tags", " api! "])
def test_a_reserved_word_is_not_a_slug(word: str) -> None:
    with pytest.raises(Invalid, match="is reserved"):
        checked_slug(word)


def test_a_reserved_word_is_numbered_like_a_slug_that_is_taken() -> None:
    assert [numbered_slug("archive", number) for number in (1, 2, 3)] == [
        "archive-2",
        "archive-2",
        "archive-3",
    ]
    assert [numbered_slug("archives", number) for number in (1, 2)] == ["archives", "archives-2"]


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_reserved_word_is_the_segment_of_a_path(word: str) -> None:
    assert re.fullmatch(r"[a-z.-]+", word)
    assert not is_reserved(numbered_slug(word, 1))


def test_the_contract_lists_the_reserved_words() -> None:
    page = (Path(__file__).parents[3] / "docs" / "contract.md").read_text()
    listed = page.partition("They are ")[2].partition(".\n")[0]
    assert set(re.findall("`(.+?)`", listed)) == {word for word in RESERVED if "." not in word}


def test_a_slug_is_measured_as_it_is_kept() -> None:
    assert checked_slug("  " + "a" * MAX_SLUG + "!") == "a" * MAX_SLUG
    for text in ("a" * (MAX_SLUG + 1), "\ufb01" * (MAX_SLUG // 2 + 1)):
        with pytest.raises(Invalid):
            checked_slug(text)


def test_tags_are_trimmed_and_each_is_kept_once_in_the_order_given() -> None:
    assert checked_tags([" b", "a", "b ", "A", "a"]) == ("b", "a", "A")
    assert checked_tags([]) == ()
    assert checked_tags(["...", ".net", "%2e"]) == ("...", ".net", "%2e")


@pytest.mark.parametrize("tags", [[""], ["a", " \t"], ["."], ["a", " .. "]])
def test_a_tag_has_an_address(tags: list[str]) -> None:
    with pytest.raises(Invalid) as caught:
        checked_tags(tags)
    assert caught.value.field == "tags"
