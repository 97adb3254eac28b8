"""The store in the settings, opened for one command that has all permissions."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from everpost.cli.stores.transport_warnings import warn_if_unverified
from everpost.domain.clock import EPOCH
from everpost.domain.ids import new_id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Role, User
from everpost.errors import NotFound
from everpost.services.security_events import keep_quiet
from everpost.settings import Settings, read_settings
from everpost.stores import open_store
from everpost.stores.port import Store

Result = TypeVar("Result")

OPERATOR = Actor.of(
    User(id=new_id(), name="Operator", email="", role=Role.ADMIN, created_at=EPOCH, updated_at=EPOCH),
    frozenset(Scope),
)
"""The actor of commands: an admin who is not among the users."""


def with_store(use: Callable[[Store, Settings], Awaitable[Result]]) -> Result:
    """Call `use` with the store, which is set up if it is empty, and return the result. Raises Misconfigured,
    Unreachable, SchemaMismatch.
    """
    settings = read_settings()
    warn_if_unverified(settings.database_url)

    async def opened() -> Result:
        keep_quiet()
        store = await open_store(
            settings.database_url,
            timeout=settings.database_timeout,
            pool_size=1,
            media_url=settings.media_url,
        )
        try:
            return await use(store, settings)
        finally:
            await store.close()

    return asyncio.run(opened())


async def user_with(store: Store, email: str) -> User:
    """The user with this email address. Raises NotFound."""
    user = await store.users.find(email)
    if user is None:
        raise NotFound("user", email)
    return user


def printable(text: str) -> str:
    """The text with terminal control characters replaced."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
