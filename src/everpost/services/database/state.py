"""The state of the database."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True)
class Installation:
    """The software on which the blog runs."""

    everpost: str
    """The version of Everpost."""
    server: str
    """The name and version of the database server."""
    revision: str | None
    """The revision of the database's schema."""


Inspect: TypeAlias = Callable[[], Awaitable[Installation]]


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """The database as it is now."""

    installation: Installation
    counts: Mapping[str, int]
    """The number of records of each kind, by its name, except the settings."""


async def describe_database(store: Store, actor: Actor, inspect: Inspect) -> DatabaseState:
    """Describe the database. Raises Unauthenticated, Forbidden, Busy, Unreachable."""
    actor.require(Scope.ADMIN)
    async with store.records.snapshot() as snapshot:
        counts = await snapshot.count()
    kinds = [kind.name for kind in store.records.kinds if not kind.is_single]
    return DatabaseState(await inspect(), {name: counts[name] for name in kinds})
