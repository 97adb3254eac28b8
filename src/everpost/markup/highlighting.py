"""Highlighted code, with Pygments' short class names behind a prefix, and without inline style."""

from functools import cache

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

CLASS_PREFIX = "hl-"
MAX_CODE = 100_000
"""The maximum number of characters of highlighted code in a post; the rest stays plain."""


def highlighted(code: str, language: str) -> str | None:
    """The code as HTML with classes; None if the language is unknown."""
    lexer = _lexer(language)
    if lexer is None:
        return None
    formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True, classprefix=CLASS_PREFIX)
    return highlight(code, lexer, formatter).removesuffix("\n") + "\n" * code.endswith("\n")


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
