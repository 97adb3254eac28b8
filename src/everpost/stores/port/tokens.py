"""The tokens of users."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.tokens import Token, TokenConditions, TokenQuery
from everpost.domain.people.users import User


class Tokens(Protocol):
    """Tokens are looked up in the database each time, so revocation takes effect immediately."""

    async def find(self, digest: str) -> tuple[Token, User] | None:
        """Return the token whose secret has this digest, and its owner, even if it is expired or the owner is
        disabled.
        """
        ...

    async def page(self, query: TokenQuery) -> Page[Token]:
        """Return a page of a user's tokens, oldest first, by `(created_at, id)`."""
        ...

    async def last_uses(self, user_ids: Sequence[Id]) -> Mapping[Id, datetime]:
        """Return the latest recorded use of any token of each of these users, at most 100. Users whose tokens
        were never used are missing.
        """
        ...

    async def add(self, token: Token, *, conditions: TokenConditions | None = None) -> None:
        """Add a new token, in place of those that `displaced` names. Raises, in this order: NotFound (the
        user), Stale (the conditions do not hold), TooManyTokens, Conflict("id") (a token has this id or this
        digest).
        """
        ...

    async def remove(self, id: Id, *, user_id: Id | None) -> None:
        """Revoke the token, and the tokens that were created with it. If `user_id` is given, the token must
        belong to this user. Raises NotFound.
        """
        ...

    async def mark_used(self, id: Id, day: datetime) -> None:
        """Record that the token was used on this day, unless a later day is recorded. Does nothing if the
        token does not exist.
        """
        ...
