"""The store of the settings for one command, which may do everything."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

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
"""The actor on the command line: an admin that is none of the users."""


def with_store(ask: Callable[[Store, Settings], Awaitable[Result]]) -> Result:
    """The result of `ask` with the store, set up if empty. Misconfigured, Unreachable, SchemaMismatch."""
    settings = read_settings()

    async def opened() -> Result:
        keep_quiet()
        store = await open_store(settings.database_url, timeout=settings.database_timeout, pool_size=1)
        try:
            return await ask(store, settings)
        finally:
            await store.close()

    return asyncio.run(opened())


async def user_with(store: Store, email: str) -> User:
    """The user with this address. NotFound."""
    user = await store.users.find(email)
    if user is None:
        raise NotFound("user", email)
    return user


def printable(text: str) -> str:
    """The text without what a terminal would take for an order."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
