"""Reading lines back, strictly: what `everpost.transfer.lines` does not write is refused."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from everpost.domain.blog import Blog
from everpost.domain.comments import MAX_COMMENT, MAX_GUEST_NAME, Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.paging import MAX_NUMBER
from everpost.domain.password_hashes import MAX_HASH, cost_of
from everpost.domain.posts import (
    MAX_CONTENT,
    MAX_SLUG,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    Post,
    PostFormat,
    PostStatus,
    checked_tags,
)
from everpost.domain.records import Record
from everpost.domain.text import normalize_slug, unstorable_reason
from everpost.domain.tokens import MAX_TOKEN_NAME, Scope, Token, TokenKind
from everpost.domain.users import MAX_EMAIL, MAX_NAME, Author, Role, User
from everpost.errors import Invalid
from everpost.transfer.lines import Row, row_of

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

_MAX_VERSION = 2**63 - 1
_ID = re.compile("[0-9a-f]{24}")
_DIGEST = re.compile("[0-9a-f]{64}")
_MOMENT_LENGTH = 24


class Fields:
    """The values of one line, each of which is asked for. Invalid names the one that is not as it should
    be.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def value(self, name: str) -> object:
        """Whatever it is."""
        if name not in self._values:
            raise Invalid(name, "is missing")
        return self._values[name]

    def text(self, name: str, shortest: int, longest: int) -> str:
        """Text that every store takes; the limits are in code points."""
        return _checked_text(name, self.value(name), shortest, longest)

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number."""
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Invalid(name, f"should be a whole number from {least} to {most}")
        return value

    def version(self) -> int:
        """How often it was written."""
        return self.number("version", 1, _MAX_VERSION)

    def id(self, name: str = "id") -> Id:
        """An id in lower case."""
        value = self.value(name)
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise Invalid(name, "should be 24 hexadecimal digits in lower case")
        return Id(value)

    def digest(self, name: str) -> str:
        """64 hexadecimal digits."""
        value = self.value(name)
        if not isinstance(value, str) or not _DIGEST.fullmatch(value):
            raise Invalid(name, "should be 64 hexadecimal digits in lower case")
        return value

    def moment(self, name: str) -> datetime:
        """A moment of a calendar with the years 1 to 9999."""
        value = self.value(name)
        if isinstance(value, str) and len(value) == _MOMENT_LENGTH and value.endswith("Z"):
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                pass
        raise Invalid(name, "should be a moment like 2026-05-04T03:02:01.000Z")

    def choice(self, name: str, choices: type[Choice]) -> Choice:
        """One of a few words."""
        return _chosen(name, self.value(name), choices)

    def optional(self, name: str, read: Callable[[str], Value]) -> Value | None:
        """What `read` gives; None for null."""
        return None if self.value(name) is None else read(name)

    def texts(self, name: str) -> list[object]:
        """A list, of whatever."""
        value = self.value(name)
        if not isinstance(value, list):
            raise Invalid(name, "should be a list")
        return value

    def author(self) -> Author | None:
        """Who wrote it, by id."""
        author_id = self.optional("author_id", self.id)
        return None if author_id is None else Author(id=author_id, name="")


def read_fields(line: bytes) -> Fields:
    """The values of a line of JSON in UTF-8. Invalid: it is none."""
    try:
        values = json.loads(line.decode())
    except (ValueError, RecursionError):
        raise Invalid("the line", "is not JSON in UTF-8") from None
    if not isinstance(values, dict):
        raise Invalid("the line", "is not a JSON object")
    return Fields(values)


def read_row(line: bytes) -> Row:
    """The record in a line, which has its newline. Invalid: it is not, byte for byte, the line of a record
    that keeps every rule.
    """
    fields = read_fields(line)
    kind = fields.value("kind")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise Invalid("kind", f"should be one of {', '.join(_READERS)}")
    row = row_of(read(fields))
    if row.line != line:
        raise Invalid(
            "the line", "is not in the form that an archive has: its fields, their order or spelling"
        )
    return row


def _settings(fields: Fields) -> Blog:
    return Blog(
        comment_policy=fields.choice("comment_policy", CommentPolicy),
        address_key=bytes.fromhex(fields.digest("address_key")),
        updated_at=fields.moment("updated_at"),
        version=fields.version(),
    )


def _user(fields: Fields) -> User:
    email = fields.text("email", 1, MAX_EMAIL)
    if email.strip() != email or "@" not in email:
        raise Invalid("email", "is not an email address")
    name = fields.text("name", 1, MAX_NAME)  # which an older Everpost may have allowed
    if name.strip() != name:
        raise Invalid("name", "has leading or trailing spaces")
    return User(
        id=fields.id(),
        name=name,
        email=email,
        role=fields.choice("role", Role),
        password_hash=fields.optional("password_hash", lambda name: _password_hash(fields, name)),
        disabled_at=fields.optional("disabled_at", fields.moment),
        created_at=fields.moment("created_at"),
        updated_at=fields.moment("updated_at"),
        version=fields.version(),
    )


def _password_hash(fields: Fields, name: str) -> str:
    password_hash = fields.text(name, 1, MAX_HASH)
    cost_of(password_hash)
    return password_hash


def _token(fields: Fields) -> Token:
    return Token(
        id=fields.id(),
        user_id=fields.id("user_id"),
        name=fields.text("name", 1, MAX_TOKEN_NAME),
        scopes=frozenset(_chosen("scopes", each, Scope) for each in fields.texts("scopes")),
        digest=fields.digest("digest"),
        created_at=fields.moment("created_at"),
        expires_at=fields.optional("expires_at", fields.moment),
        last_used_at=fields.optional("last_used_at", fields.moment),
        kind=fields.choice("token_kind", TokenKind),
        login_id=fields.optional("login_id", fields.id),
    )


def _post(fields: Fields) -> Post:
    return Post(
        id=fields.id(),
        slug=_slug(fields),
        title=fields.text("title", 1, MAX_TITLE),
        content=fields.text("content", 0, MAX_CONTENT),
        format=fields.choice("format", PostFormat),
        tags=_tags(fields),
        status=fields.choice("status", PostStatus),
        author=fields.author(),
        comment_policy=fields.optional("comment_policy", lambda name: fields.choice(name, CommentPolicy)),
        comment_count=fields.number("comment_count", 0, MAX_NUMBER),
        publication_date=fields.moment("publication_date"),
        updated_at=fields.moment("updated_at"),
        version=fields.version(),
    )


def _comment(fields: Fields) -> Comment:
    return Comment(
        id=fields.id(),
        post_id=fields.id("post_id"),
        parent_id=fields.optional("parent_id", fields.id),
        depth=fields.number("depth", 0, MAX_NUMBER),
        content=fields.text("content", 0, MAX_COMMENT),
        status=fields.choice("status", CommentStatus),
        author=fields.author(),
        guest_name=fields.optional("guest_name", lambda name: fields.text(name, 1, MAX_GUEST_NAME)),
        key_digest=fields.optional("key_digest", fields.digest),
        editor_id=fields.optional("editor_id", fields.id),
        edited_at=fields.optional("edited_at", fields.moment),
        reply_count=fields.number("reply_count", 0, MAX_NUMBER),
        publication_date=fields.moment("publication_date"),
        updated_at=fields.moment("updated_at"),
        version=fields.version(),
    )


_READERS: Mapping[str, Callable[[Fields], Record]] = {
    "settings": _settings,
    "user": _user,
    "token": _token,
    "post": _post,
    "comment": _comment,
}


def _slug(fields: Fields) -> str:
    slug = fields.text("slug", 1, MAX_SLUG)
    if slug.isascii() or all(unicodedata.category(character) != "Cn" for character in slug):
        normal = normalize_slug(slug)
    else:  # it has letters of a newer Unicode than this Python's
        normal = slug
    if normal != slug:
        raise Invalid("slug", f"is not in its normal form, which is {normal!r}")
    return slug


def _tags(fields: Fields) -> tuple[str, ...]:
    tags = tuple(_checked_text("tags", each, 1, MAX_TAG) for each in fields.texts("tags"))
    if len(tags) > MAX_TAGS:
        raise Invalid("tags", f"has more than {MAX_TAGS}")
    if checked_tags(tags) != tags:
        raise Invalid("tags", "has blanks around a tag, or a tag twice")
    return tags


def _chosen(name: str, value: object, choices: type[Choice]) -> Choice:
    try:
        return choices(value if isinstance(value, str) else "")
    except ValueError:
        raise Invalid(name, f"should be one of {', '.join(choices)}") from None


def _checked_text(name: str, value: object, shortest: int, longest: int) -> str:
    if not isinstance(value, str):
        raise Invalid(name, "should be text")
    if not shortest <= len(value) <= longest:
        raise Invalid(name, f"should have {shortest} to {longest:,} characters")
    reason = unstorable_reason(value)
    if reason is not None:
        raise Invalid(name, f"cannot be stored: {reason}")
    return value
