"""Files that are embedded in a text as data URLs (RFC 2397)."""

import re

LONGEST_KEPT = 1_000
"""Characters of the longest data URL that is kept, such as an icon or an empty image."""
_TYPE = r"""data:[\w.+/;=-]{0,200},"""
_DATA_URL = re.compile(
    rf""""\s{{0,20}}{_TYPE}[^"]*"|'\s{{0,20}}{_TYPE}[^']*'"""
    rf"""|\b{_TYPE}(?:[^\s"'<>()&]++|&(?!(?:quot|apos|#0*3[49]|#x0*2[27]);))*+""",
    re.IGNORECASE,
)
"""Quoted, where an image made of text may contain spaces and line breaks; or bare, as in brackets and styles.
"""


def without_data_urls(text: str) -> tuple[str, int, int]:
    """The text without its long data URLs, the number of these, and their total length in characters."""
    number = size = 0

    def replacement(found: re.Match[str]) -> str:
        nonlocal number, size
        if len(found[0]) <= LONGEST_KEPT:
            return found[0]
        number += 1
        size += len(found[0].strip("\"'"))
        return '""' if found[0].startswith(('"', "'")) else ""

    return _DATA_URL.sub(replacement, text), number, size
