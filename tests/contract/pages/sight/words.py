"""Words by which a text of a blog is recognized wherever it appears."""

import re

import httpx

from everpost.domain.paging import decode_word

_WORD = re.compile(r"sesame\d+z", re.IGNORECASE)
_CURSOR = re.compile(r"(?:after|before|comments)=([\w-]+)")
_ID = re.compile(r"[0-9a-f]{24}")


class Words:
    """Draws words that occur nowhere else. They are valid as slugs, tags, names and in paths."""

    def __init__(self) -> None:
        self._drawn = 0

    def draw(self) -> str:
        self._drawn += 1
        return f"sesame{self._drawn}z"


def text_of(answer: httpx.Response) -> str:
    """All that a response says: its headers, its body, and what its cursors contain."""
    return decoded(f"{answer.headers.multi_items()}\n{answer.text}")


def words_in(text: str) -> set[str]:
    """The drawn words in a text."""
    return {word.lower() for word in _WORD.findall(text)}


def ids_in(text: str) -> set[str]:
    """Whatever could be an id."""
    return set(_ID.findall(text))


def decoded(text: str) -> str:
    """The text, and what the cursors in it contain."""
    return "\n".join((text, *(decode_word(cursor) or "" for cursor in _CURSOR.findall(text))))
