"""Users: the people who write and moderate the blog."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.names import has_invisible, unreadable_reason
from everpost.domain.records import Record
from everpost.domain.revisions import Revision
from everpost.errors import Invalid

MAX_NAME = 100
MAX_EMAIL = 254
"""RFC 5321, section 4.5.3.1.3, without the two angle brackets."""
MIN_PASSWORD = 12
MAX_PASSWORD = 1_000


class Role(StrEnum):
    """The role of a user; docs/permissions.md lists the permissions of each."""

    AUTHOR = "author"
    EDITOR = "editor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """The author of a post or a comment, with the user's current name."""

    id: Id
    name: str
    is_disabled: bool = False
    """The name of a disabled author is hidden from the public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Record):
    """A user as a store returns it."""

    id: Id
    name: str
    email: str
    role: Role
    created_at: datetime
    updated_at: datetime
    version: int = 1
    disabled_at: datetime | None = None
    password_hash: str | None = field(default=None, repr=False)
    """None: the user cannot log in, but may have tokens."""
    stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""

    @property
    def position(self) -> Position:
        return Position(self.created_at, self.id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)

    @property
    def is_enabled_admin(self) -> bool:
        return self.role is Role.ADMIN and self.disabled_at is None

    @property
    def author(self) -> Author:
        return Author(id=self.id, name=self.name, is_disabled=self.disabled_at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """The tokens to revoke: all logins, the tokens created during them, and the first start's token."""

    named: bool = False
    """Whether to revoke all other tokens as well."""
    kept_id: Id | None = None
    """This token is kept, unless it is the first start's. Tokens created with it are kept too, unless
    `named`.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """The new values of a user's fields; None leaves a field unchanged. Disabling or enabling a user revokes
    all of the user's tokens. Unless there is a `revocation`, another role revokes as `Revocation()` does.
    """

    updated_at: datetime
    name: str | None = None
    email: str | None = None
    role: Role | None = None
    is_disabled: bool | None = None
    """True sets `disabled_at` to `updated_at` unless it is set; False clears it."""
    password_hash: str | None = field(default=None, repr=False)
    revocation: Revocation | None = None

    @property
    def may_demote(self) -> bool:
        """Whether the change could disable or demote an enabled admin."""
        return self.is_disabled is True or self.role not in (None, Role.ADMIN)

    @property
    def is_seen_in_posts(self) -> bool:
        """Whether the change alters how posts and comments show their author."""
        return self.name is not None or self.is_disabled is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserQuery:
    """A page of the users, oldest first, after a position."""

    limit: int
    after: Position | None = None


def email_key(email: str) -> str:
    """The form in which addresses are compared: addresses that differ only in case are equal."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())


def checked_email(text: str) -> str:
    """The address in its stored form. Raises Invalid if it cannot be an email address; whether mail to it
    arrives is not checked.
    """
    email = text.strip()
    local, _, domain = email.rpartition("@")
    if not local or not domain or any(character.isspace() for character in email):
        raise Invalid("email", "is not an email address")
    if has_invisible(email):
        raise Invalid("email", "has invisible or control characters")
    if len(email) > MAX_EMAIL or len(email_key(email)) > MAX_EMAIL:
        raise Invalid("email", f"has more than {MAX_EMAIL} characters")
    return email


def checked_name(text: str) -> str:
    """The name in its stored form: trimmed. Raises Invalid if it is empty or unreadable."""
    name = text.strip()
    if not name:
        raise Invalid("name", "is empty")
    reason = unreadable_reason(name)
    if reason is not None:
        raise Invalid("name", reason)
    return name


def checked_password(text: str) -> str:
    """The password, unchanged. Raises Invalid if it is too short or too long."""
    if not MIN_PASSWORD <= len(text) <= MAX_PASSWORD:
        raise Invalid("password", f"should have {MIN_PASSWORD} to {MAX_PASSWORD:,} characters")
    return text
