"""The part of the port for users, tokens and rate-limit counters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.tokens import Token, TokenConditions, TokenQuery
from everpost.domain.people.users import User, UserChange, UserQuery
from everpost.domain.rate_limits import Limit, RateLimitCounter
from everpost.domain.revisions import ExpectedRevisions


class Users(Protocol):
    """Addresses are compared by `email_key`. A name that changes is another one wherever it is read."""

    async def get(self, id: Id) -> User:
        """The user. NotFound."""
        ...

    async def find(self, email: str) -> User | None:
        """The user with this address."""
        ...

    async def page(self, query: UserQuery) -> Page[User]:
        """A page, oldest first, by `(created_at, id)`."""
        ...

    async def add(self, user: User, *, is_first: bool = False) -> User:
        """Add a new user, and return it as stored. Conflict("id"), Conflict("email"). With `is_first`,
        Conflict("id") also if there is any user at all.
        """
        ...

    async def save(self, id: Id, change: UserChange, *, match: ExpectedRevisions) -> User:
        """Change what the change names, and end the tokens that it ends; one version more. NotFound,
        Stale, Conflict("email"), LastAdmin (no enabled admin would be left).
        """
        ...

    async def remove(self, id: Id, *, heir_id: Id | None, match: ExpectedRevisions) -> None:
        """Remove the user with all tokens. The posts get the heir as their author, or none; comments
        have none from now on. Nobody sees that half done. Posts keep version and `updated_at`.
        NotFound, Stale, Invalid("heir_id") (no such user, or the user to be removed), LastAdmin.
        """
        ...


class Tokens(Protocol):
    """Tokens are looked up in the database each time, so revocation takes effect immediately."""

    async def find(self, digest: str) -> tuple[Token, User] | None:
        """The token whose secret has this digest, and its owner; expired or disabled they may be."""
        ...

    async def page(self, query: TokenQuery) -> Page[Token]:
        """A page of a user's tokens, the oldest first, by `(created_at, id)`."""
        ...

    async def add(self, token: Token, *, grounds: TokenConditions | None = None) -> None:
        """Keep a new token in the place of those that `displaced` names. In this order: NotFound (the
        user), Stale (the grounds do not hold), TooManyTokens, Conflict("id") (a token has this id or this
        digest).
        """
        ...

    async def remove(self, id: Id, *, user_id: Id | None) -> None:
        """Revoke the token, which must be this user's where one is named, and what was made with it.
        NotFound.
        """
        ...

    async def mark_used(self, id: Id, day: datetime) -> None:
        """Keep that the token was used on this day, unless it was later. Nothing where it is gone."""
        ...


class RateLimits(Protocol):
    """Rate-limit counters. Counts are exact, however many callers count at once."""

    async def hit(self, limits: Sequence[Limit], moment: datetime) -> Sequence[RateLimitCounter]:
        """Count one attempt for each limit, in this order, up to and including the first that this exceeds.
        Returns the counts. If a window has ended, or there was none, a new one begins.
        """
        ...

    async def forgive(self, keys: Sequence[str]) -> None:
        """Take one attempt back from each of these keys."""
        ...

    async def get(self, key: str, moment: datetime) -> RateLimitCounter | None:
        """The count; None where there is none, or its window has ended by this moment."""
        ...

    async def keep(self, key: str, until: datetime) -> None:
        """Begin a window with one try that ends at this moment, whatever was there."""
        ...

    async def forget(self, moment: datetime) -> None:
        """Forget every window that has ended by this moment."""
        ...
