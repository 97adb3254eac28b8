"""The fields of records as plain JSON values, checked strictly."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from everpost.domain.blog import MAX_LINK_URL, NavigationLink, checked_navigation
from everpost.domain.ids import Id
from everpost.domain.people.password_hashes import MAX_HASH, cost_of
from everpost.domain.people.users import MAX_EMAIL, MAX_NAME, Author
from everpost.domain.post_paths import checked_path, checked_paths
from everpost.domain.posts import MAX_PATH, MAX_SLUG, MAX_TAG, MAX_TAGS, checked_tags
from everpost.domain.reserved import is_reserved
from everpost.domain.text import normalize_slug, unstorable_reason
from everpost.errors import Invalid

_ID = re.compile("[0-9a-f]{24}")
_DIGEST = re.compile("[0-9a-f]{64}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?!24)[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
"""Python 3.14 reads 24:00 as the next day."""
_BASE64URL = re.compile("[A-Za-z0-9_-]+")
_MOMENT_LENGTH = 24
_LONGEST = 2_000
"""The maximum length of a text with a normal form; the normal form has its own limit."""


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is checked, decoded and encoded. `read` and `write` are not called for None. Without
    them, the value is plain JSON already.
    """

    check: Callable[[str, object], None]
    """Called with the field's name and its value. Raises Invalid for a value that `write` never returns."""
    read: Callable[[Any], object] | None = None
    """Decodes a value that `check` accepts."""
    write: Callable[[Any], object] | None = None
    attribute: str | None = None
    """The record's attribute, if its name differs from that of the field."""
    refers_to: str | None = None
    """The kind of the record that this id refers to, which must exist."""
    is_optional: bool = False
    """Whether the value may be null, for which `check` is not called."""


def optional(field: Field) -> Field:
    """The field, or null."""
    return replace(field, is_optional=True)


def named(attribute: str, field: Field) -> Field:
    """The field, for an attribute with another name."""
    return replace(field, attribute=attribute)


def reference(kind: str) -> Field:
    """The id of a record of this kind."""
    return Field(_check_id, refers_to=kind)


def text(shortest: int, longest: int) -> Field:
    """Text that every store accepts; the limits are in code points."""

    def check(name: str, value: object) -> None:
        _checked_text(name, value, shortest, longest)

    return Field(check)


def encoded_bytes(longest: int) -> Field:
    """Bytes in base64url without padding, with at most this many characters."""
    return Field(lambda name, value: _check_bytes(name, value, longest))


def normalized(normalize: Callable[[str], str]) -> Field:
    """Text in a normal form. The function returns it, and raises Invalid."""

    def check(name: str, value: object) -> None:
        normal = normalize(_checked_text(name, value, 1, _LONGEST))
        if normal != value:
            raise Invalid(name, f"is not in its normal form, which is {normal!r}")

    return Field(check)


def number(least: int, most: int) -> Field:
    """A whole number."""

    def check(name: str, value: object) -> None:
        if type(value) is not int or not least <= value <= most:  # a bool is an int, too
            raise Invalid(name, f"should be a whole number from {least} to {most}")

    return Field(check)


def choice(choices: Iterable[StrEnum]) -> Field:
    """One of these values of an enumeration, or of all of them."""
    members = {each.value: each for each in choices}  # much faster than calling the enumeration

    def check(name: str, value: object) -> None:
        if not isinstance(value, str) or value not in members:
            raise Invalid(name, f"should be one of {', '.join(choices)}")

    return Field(check, read=members.__getitem__)


def choices(of: type[StrEnum]) -> Field:
    """Any number of values of an enumeration, each once, in alphabetical order."""
    one = choice(of)

    def check(name: str, value: object) -> None:
        values = _checked_list(name, value)
        for each in values:
            one.check(name, each)
        if values != sorted({*map(str, values)}):
            raise Invalid(name, "should be in alphabetical order, without duplicates")

    return Field(check, read=lambda values: frozenset(map(of, values)), write=sorted)


@lru_cache(maxsize=10_000)  # most records were never changed, so several of their fields are equal
def written(moment: datetime) -> str:
    """A time in UTC in the format of records: RFC 3339, with three decimals and a Z."""
    # Twice as fast as `isoformat`.
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (  # noqa: UP031
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond // 1000,
    )


def _checked_list(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise Invalid(name, "should be a list")
    return value


def _checked_text(name: str, value: object, shortest: int, longest: int) -> str:
    if not isinstance(value, str):
        raise Invalid(name, "should be text")
    if not shortest <= len(value) <= longest:
        raise Invalid(name, f"should have {shortest} to {longest:,} characters")
    reason = unstorable_reason(value)
    if reason is not None:
        raise Invalid(name, f"cannot be stored: {reason}")
    return value


def _check_id(name: str, value: object) -> None:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Invalid(name, "should be 24 hexadecimal digits in lower case")


def _check_digest(name: str, value: object) -> None:
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise Invalid(name, "should be 64 hexadecimal digits in lower case")


def _check_moment(name: str, value: object) -> None:
    if not isinstance(value, str) or len(value) != _MOMENT_LENGTH or not _is_moment(value):
        raise Invalid(name, "should be a timestamp like 2026-05-04T03:02:01.000Z")


@lru_cache(maxsize=10_000)  # as for `written`
def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _MOMENT.fullmatch(text) is not None


def _author_of(author_id: Id) -> Author:
    return Author(id=author_id, name="")


def _id_of(author: Author) -> Id:
    return author.id


def _check_bytes(name: str, value: object, longest: int) -> None:
    encoded = _checked_text(name, value, 1, longest)
    if not _BASE64URL.fullmatch(encoded) or len(encoded) % 4 == 1:
        raise Invalid(name, "is not base64url without padding")


def _check_email(name: str, value: object) -> None:
    email = _checked_text(name, value, 1, MAX_EMAIL)
    if email.strip() != email or "@" not in email:
        raise Invalid(name, "is not an email address")


def _check_user_name(name: str, value: object) -> None:
    text = _checked_text(name, value, 1, MAX_NAME)
    if text.strip() != text:
        raise Invalid(name, "has leading or trailing spaces")


def _check_password_hash(name: str, value: object) -> None:
    cost_of(_checked_text(name, value, 1, MAX_HASH))


def _check_slug(name: str, value: object) -> None:
    slug = _checked_text(name, value, 1, MAX_SLUG)
    known = _with_known_characters(slug)
    normal = normalize_slug(known)
    if normal != known:
        raise Invalid(name, f"is not in its normal form, which is {normal!r}")
    if is_reserved(slug):
        raise Invalid(name, "is reserved")


def _check_tags(name: str, value: object) -> None:
    tags = tuple(_checked_text(name, each, 1, MAX_TAG) for each in _checked_list(name, value))
    if len(tags) > MAX_TAGS:
        raise Invalid(name, f"has more than {MAX_TAGS}")
    if checked_tags(tags) != tags:
        raise Invalid(name, "has whitespace around a tag, or a duplicate tag")


def _check_paths(name: str, value: object) -> None:
    paths = tuple(_checked_text(name, each, 1, MAX_PATH) for each in _checked_list(name, value))
    for path in paths:
        if checked_path(path) != path and not _has_unassigned(path):
            raise Invalid(name, f"{path!r} is not in its normal form, which is {checked_path(path)!r}")
    if len(checked_paths(paths)) != len(paths):
        raise Invalid(name, "has a duplicate path")


def _has_unassigned(text: str) -> bool:
    """Whether the text has characters of a newer version of Unicode than Python supports."""
    return not text.isascii() and any(map(_is_unassigned, text))


def _is_unassigned(character: str) -> bool:
    return unicodedata.category(character) == "Cn"


def _with_known_characters(text: str) -> str:
    """The text, with a letter in place of each character of a newer version of Unicode."""
    if not _has_unassigned(text):
        return text
    return "".join("q" if _is_unassigned(character) else character for character in text)


def _check_navigation(name: str, value: object) -> None:
    links = tuple(_checked_link(name, each) for each in _checked_list(name, value))
    if checked_navigation(links) != links:
        raise Invalid(name, "has whitespace around a label")


def _checked_link(name: str, value: object) -> NavigationLink:
    if not isinstance(value, dict) or list(value) != ["label", "url"]:
        raise Invalid(name, "should be a list of objects with a label and a url, in this order")
    label, url = (_checked_text(name, value[each], 1, MAX_LINK_URL) for each in ("label", "url"))
    return NavigationLink(label, url)


def _navigation_of(links: Sequence[Mapping[str, str]]) -> tuple[NavigationLink, ...]:
    return tuple(NavigationLink(**link) for link in links)


def _written_navigation(links: Sequence[NavigationLink]) -> list[object]:
    return [{"label": link.label, "url": link.url} for link in links]


ID = Field(_check_id)
DIGEST = Field(_check_digest)
"""64 hexadecimal digits."""
KEY = Field(_check_digest, read=bytes.fromhex, write=bytes.hex)
"""32 bytes."""
MOMENT = Field(_check_moment, read=datetime.fromisoformat, write=written)
"""A time in the years 1 to 9999."""
VERSION = number(1, 2**63 - 1)
"""The version of the record."""
AUTHOR = Field(_check_id, read=_author_of, write=_id_of, attribute="author", refers_to="user")
EMAIL = Field(_check_email)
USER_NAME = Field(_check_user_name)
PASSWORD_HASH = Field(_check_password_hash)
SLUG = Field(_check_slug)
TAGS = Field(_check_tags, read=tuple)
PATHS = Field(_check_paths, read=tuple)
NAVIGATION = Field(_check_navigation, read=_navigation_of, write=_written_navigation)
