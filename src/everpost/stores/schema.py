"""What every schema of a database promises, and its migrations."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from everpost.errors import DataLoss, SchemaMismatch


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


def state_at(revision: str, history: Sequence[Migration]) -> SchemaState:
    """The state of a database that is at this revision."""
    if revision not in (migration.revision for migration in history):
        return SchemaState.AHEAD
    return SchemaState.CURRENT if revision == history[-1].revision else SchemaState.BEHIND


def differences_ahead(revision: str | None) -> Sequence[str]:
    """What there is to say of the differences of a database that is ahead."""
    return (f"Revision {revision} belongs to a newer Everpost: check it with that version.",)


def find_place(target: str, revision: str | None, history: Sequence[Migration]) -> tuple[int, int]:
    """How many migrations have run in a database at this revision, and how many when the target is reached.
    SchemaMismatch.
    """
    here = _place_of(revision, history, "The database is at revision")
    if target == "-1" and here == 0:
        raise SchemaMismatch("The database is empty: there is nothing to downgrade.")
    relative = {"head": len(history), "base": 0, "-1": here - 1}
    if target in relative:
        return here, relative[target]
    return here, _place_of(target, history, "You asked for revision")


def _place_of(revision: str | None, history: Sequence[Migration], what: str) -> int:
    if revision is None:
        return 0
    for place, migration in enumerate(history, start=1):
        if migration.revision == revision:
            return place
    raise SchemaMismatch(f"{what} {revision!r}, which this Everpost does not know.")


def require_no_loss(steps: Sequence[Step]) -> None:
    """DataLoss if a step would lose something."""
    if losses := [loss for step in steps for loss in step.loses]:
        raise DataLoss(f"The migration would lose data: {', '.join(losses)}.")


Prepare: TypeAlias = Callable[[Schema], Awaitable[None]]
"""What is done with the schema of a store while it is opened, over the store's own connections."""


async def leave(_schema: Schema) -> None:
    """Do nothing: the schema is known to be current."""
