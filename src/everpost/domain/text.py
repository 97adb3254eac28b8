"""Text that every store can keep and give back as it was."""

import re
import unicodedata

from anyascii import anyascii

DERIVED_SLUG = 80
_ASCII_WORDS = re.compile("[a-z0-9]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def unstorable_reason(text: str) -> str | None:
    """Why no store takes this text; None where all of them do.

    PostgreSQL refuses NUL (https://www.postgresql.org/docs/current/datatype-character.html) and
    UTF-8 has no form for a lone surrogate (RFC 3629).
    """
    if text.isascii() and "\x00" not in text:  # which takes no time
        return None
    found = _UNSTORABLE.search(text)
    if found is None:
        return None
    return "NUL character" if found.group() == "\x00" else "unpaired surrogate"


def normalize_slug(text: str) -> str:
    """The slug that this text asks for: letters, marks and digits of any script in lower case (NFKC),
    with one hyphen between words; empty where it has neither letter nor digit.
    """
    if text.isascii():
        return "-".join(_ASCII_WORDS.findall(text.lower()))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    kept = "".join(character if unicodedata.category(character)[0] in "LMN" else " " for character in folded)
    words = (word for word in kept.split() if any(unicodedata.category(each)[0] in "LN" for each in word))
    return "-".join(words)


def slug_from(title: str) -> str:
    """The slug that a title without one gets: transliterated to ASCII (https://anyascii.com), at most 80
    characters long, cut between words where there are several. Never empty.
    """
    slug = normalize_slug(anyascii(title))
    if len(slug) > DERIVED_SLUG:
        slug = slug[: DERIVED_SLUG + 1].rpartition("-")[0] or slug[:DERIVED_SLUG]
    return slug or "post"


def numbered_slug(slug: str, number: int) -> str:
    """The slug that the post gets which is, with this number, the next to want it: itself for 1."""
    return slug if number == 1 else f"{slug}-{number}"
