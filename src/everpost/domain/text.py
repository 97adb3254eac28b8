"""Text that every store can represent, and slugs."""

import re
import unicodedata

from anyascii import anyascii

from everpost.domain.reserved import is_reserved

DERIVED_SLUG = 80
_ASCII_WORDS = re.compile("[a-z0-9]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def unstorable_reason(text: str) -> str | None:
    """Why this text cannot be stored; None if every store accepts it.

    PostgreSQL does not accept NUL (https://www.postgresql.org/docs/current/datatype-character.html), and
    UTF-8 cannot encode a lone surrogate (RFC 3629).
    """
    if text.isascii() and "\x00" not in text:  # fast path
        return None
    found = _UNSTORABLE.search(text)
    if found is None:
        return None
    return "NUL character" if found.group() == "\x00" else "unpaired surrogate"


def normalize_slug(text: str) -> str:
    """The slug of this text: letters, marks and digits of any script, in lower case (NFKC), with one hyphen
    between words. Empty if the text has neither a letter nor a digit.
    """
    if text.isascii():
        return "-".join(_ASCII_WORDS.findall(text.lower()))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    kept = "".join(character if unicodedata.category(character)[0] in "LMN" else " " for character in folded)
    words = (word for word in kept.split() if any(unicodedata.category(each)[0] in "LN" for each in word))
    return "-".join(words)


def slug_from(title: str, *, default: str = "post") -> str:
    """The default slug for a title: transliterated to ASCII (https://anyascii.com), at most 80 characters
    long, cut between words if possible. Never empty: a title without letters and digits has this default.
    """
    slug = normalize_slug(anyascii(title))
    if len(slug) > DERIVED_SLUG:
        slug = slug[: DERIVED_SLUG + 1].rpartition("-")[0] or slug[:DERIVED_SLUG]
    return slug or default


def numbered_slug(slug: str, number: int) -> str:
    """The slug for the post with this number among those with the same slug. The first gets it unchanged,
    unless it is a reserved word, which counts as taken.
    """
    return slug if number == 1 and not is_reserved(slug) else f"{slug}-{max(number, 2)}"
