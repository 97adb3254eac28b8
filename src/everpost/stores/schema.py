"""What every schema of a database promises, and its migrations."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias


class SchemaState(Enum):
    """How the schema in a database stands to the one that this Everpost needs."""

    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered change of the schema."""

    revision: str
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """A migration to be run, up or down, and what it would drop that holds data."""

    migration: Migration
    upward: bool
    loses: tuple[str, ...] = ()


class Schema(Protocol):
    """The schema of one database and its migrations. Two processes that migrate one database at the
    same time do so one after the other. `target` is a revision, "head", "base", or "-1" for one down.
    """

    async def current(self) -> str | None:
        """The revision the database is at; None where no migration ever ran."""
        ...

    async def state(self) -> SchemaState:
        """Empty, current, behind or ahead."""
        ...

    def history(self) -> Sequence[Migration]:
        """Every migration that this Everpost knows, the first one first."""
        ...

    async def plan(self, target: str) -> Sequence[Step]:
        """The steps from here to there, in order. SchemaMismatch where there is no way."""
        ...

    async def migrate(self, target: str, *, allow_data_loss: bool = False) -> Sequence[Step]:
        """Take the steps of the plan and say which. DataLoss, before the first, where a step loses
        something and that is not allowed; SchemaMismatch.
        """
        ...

    async def differences(self) -> Sequence[str]:
        """Where the database is not as its revision says, or derived data differs from its source, a sentence
        each.
        """
        ...

    async def contents(self) -> Sequence[str]:
        """The names of all that is in the database, whoever made it: tables, views, collections. Nothing
        is changed by asking: an SQLite file that is not there is not made.
        """
        ...

    async def server(self) -> str:
        """What keeps the data, and its version, as "PostgreSQL 18.1"."""
        ...

    async def erase(self) -> None:
        """Migrate down to nothing, all data with it. An SQLite file in which nothing is left is deleted."""
        ...

    async def close(self) -> None:
        """Give every connection back."""
        ...


Prepare: TypeAlias = Callable[[Schema], Awaitable[None]]
"""What is done with the schema of a store while it is opened, over the store's own connections."""


async def leave(_schema: Schema) -> None:
    """Do nothing: the schema is known to be current."""
