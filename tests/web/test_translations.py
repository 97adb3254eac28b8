"""Everpost in other languages: complete catalogues, and the language of each page."""

import re

import pytest
from babel.messages.catalog import Message
from devtools import translations

from everpost.web.languages import CATALOGUES, Languages

_PLACEHOLDER = re.compile(r"%\((\w+)\)s|<[^>]+>")


@pytest.mark.parametrize("tag", [path.stem for path in CATALOGUES.glob("*.po")])
def test_a_catalogue_is_complete_and_has_nothing_else(tag: str) -> None:
    catalogue, texts = translations.read(CATALOGUES / f"{tag}.po"), translations.current_texts()
    there = {each.id for each in catalogue if each.id}
    assert there == {each.id for each in texts if each.id}, "run: make translations"
    assert translations.missing_in(catalogue) == []
    assert [each.id for each in catalogue if each.fuzzy and each.id] == []
    assert [each.id for each in catalogue if each.id and not has_same_placeholders(each)] == []


def has_same_placeholders(message: Message) -> bool:
    """Whether each translation has the values and the elements of the text."""
    texts = [message.id] if isinstance(message.id, str) else [message.id[-1]]
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    wanted = sorted(each.group() for each in _PLACEHOLDER.finditer(texts[0]))
    return all(sorted(each.group() for each in _PLACEHOLDER.finditer(string)) == wanted for string in strings)


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.5", "de"),
        ("de;q=0.1,en;q=0.9", "en"),
        ("de;q=0", "en"),
        ("*", "en"),
        ("de;q=x, ;;;=, \x00", "en"),
        ("x-klingon," * 1000, "en"),
    ],
    ids=range(10),
)
def test_the_language_is_the_one_that_the_browser_prefers(accepted: str, tag: str) -> None:
    assert Languages().preferred(accepted).tag == tag


@pytest.mark.parametrize(
    ("tag", "closest"),
    [("de", "de"), ("de-AT", "de"), ("de-Latn-AT-1996", "de"), ("en-GB", "en"), ("fr", "en"), ("d", "en")],
)
def test_the_texts_of_a_blog_are_in_the_closest_language(tag: str, closest: str) -> None:
    assert Languages().closest(tag).tag == closest


_EXPRESSION = re.compile(r"\{% trans.*?endtrans %\}|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_SPOKEN = re.compile(r'(?:aria-label|title|alt|placeholder)="([^"]*)"')
_ELEMENT = re.compile(r"<(code)>.*?</\1>|<[^>]*>", re.DOTALL)
_NO_TEXT = re.compile(r'&\w+;|[a-z-]+="[^"]*"')
"""Entities, and attributes that a macro returns."""
_LETTERS = re.compile(r"\b[A-Za-z]{2,}")


def test_no_template_has_a_text_that_is_not_in_the_catalogues() -> None:
    for path in sorted((CATALOGUES.parent / "templates").glob("**/*.html")):
        source = _EXPRESSION.sub("", path.read_text())
        spoken = [each[1] for each in _SPOKEN.finditer(source)]
        shown = _NO_TEXT.sub("", _ELEMENT.sub("", source))
        assert [each for each in (*spoken, shown) if _LETTERS.search(each)] == [], path
