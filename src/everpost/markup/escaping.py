"""Escaping of text and attributes in HTML."""

import html


def escape(text: str) -> str:
    """The text, to be inserted as text or as a quoted attribute."""
    return html.escape(text, quote=True)


def unescape(text: str) -> str:
    """The text that this HTML, without tags, stands for."""
    return html.unescape(text)
