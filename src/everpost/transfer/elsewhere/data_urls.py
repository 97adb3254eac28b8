"""Files that stand inside of a text, as data URLs (RFC 2397)."""

import re

LONGEST_KEPT = 1_000
"""Characters of a data URL that is no burden: an icon, an empty picture."""
_DATA_URL = re.compile(
    r""""\s{0,20}data:[^"]*"|'\s{0,20}data:[^']*'|\bdata:[\w.+-]{1,99}/[\w.+-]{1,99}[;,][^\s"'<>()]*""",
    re.IGNORECASE,
)


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
