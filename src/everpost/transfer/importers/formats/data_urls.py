"""Files that stand inside of a text, as data URLs (RFC 2397)."""

import re

LONGEST_KEPT = 1_000
"""Characters of a data URL that is no burden: an icon, an empty picture."""
_TYPE = r"""data:[\w.+/;=-]{0,200},"""
_DATA_URL = re.compile(
    rf""""\s{{0,20}}{_TYPE}[^"]*"|'\s{{0,20}}{_TYPE}[^']*'"""
    rf"""|\b{_TYPE}(?:[^\s"'<>()&]++|&(?!(?:quot|apos|#0*3[49]|#x0*2[27]);))*+""",
    re.IGNORECASE,
)
"""In quotes, which a picture of text may have line ends and blanks in; and in brackets, in styles, bare."""


def without_data_urls(text: str) -> tuple[str, int, int]:
    """The text without its long data URLs, how many there were, and how many characters they had."""
    number = size = 0

    def left_out(found: re.Match[str]) -> str:
        nonlocal number, size
        if len(found[0]) <= LONGEST_KEPT:
            return found[0]
        number += 1
        size += len(found[0].strip("\"'"))
        return '""' if found[0].startswith(('"', "'")) else ""

    return _DATA_URL.sub(left_out, text), number, size
