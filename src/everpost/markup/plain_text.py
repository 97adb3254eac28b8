"""Excerpts and reading times of plain text."""

import re

MAX_EXCERPT = 280
_ELLIPSIS = "…"
WORDS_PER_MINUTE = 230
CHARACTERS_PER_MINUTE = 500
"""Characters of scripts that are written without spaces between words."""

_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")  # noqa: RUF001 - a typographic apostrophe


def excerpt_of(text: str) -> str:
    """The text in one line, cut after a word if it has more than 280 characters."""
    line = " ".join(text[: 50 * MAX_EXCERPT].split())
    if len(line) <= MAX_EXCERPT:
        return line
    cut = line[:MAX_EXCERPT]
    at_word = cut.rpartition(" ")[0]
    is_word_usual = len(at_word) > MAX_EXCERPT // 2  # otherwise, the text has no spaces
    return (at_word if is_word_usual else cut[:-1]).rstrip(" ,;:.") + _ELLIPSIS


def reading_minutes_of(text: str) -> int:
    """The time to read the text, rounded up to full minutes; at least 1."""
    rest, characters = _CJK.subn(" ", text)
    words = sum(1 for _ in _WORD.finditer(rest))
    minutes = words / WORDS_PER_MINUTE + characters / CHARACTERS_PER_MINUTE
    return max(1, -int(-minutes // 1))
