"""The protocol that the database schema of every store implements, and its migrations."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeAlias

from everpost.errors import DataLoss, SchemaMismatch


class SchemaState(Enum):
    """The schema of a database, compared with the one that this version of Everpost needs."""

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
    """A migration to run, up or down. `loses` lists everything with data that it would drop."""

    migration: Migration
    upward: bool
    loses: tuple[str, ...] = ()


class Schema(Protocol):
    """The schema of one database and its migrations. Processes that migrate the same database concurrently
    wait for each other. `target` is a revision, "head", "base", or "-1" for one step down.
    """

    async def current(self) -> str | None:
        """Return the revision of the database; None if no migration ever ran."""
        ...

    async def state(self) -> SchemaState:
        """Return the state of the schema."""
        ...

    def history(self) -> Sequence[Migration]:
        """Return every migration that this version of Everpost contains, oldest first."""
        ...

    async def plan(self, target: str) -> Sequence[Step]:
        """Return the steps to the target, in order. Raises SchemaMismatch if there is no path."""
        ...

    async def migrate(self, target: str, *, allow_data_loss: bool = False) -> Sequence[Step]:
        """Run the steps of the plan, and return them. Raises DataLoss, before the first step, if a step would
        lose data and that is not allowed; SchemaMismatch.
        """
        ...

    async def differences(self) -> Sequence[str]:
        """Return a sentence for each difference between the database and its revision, and between derived
        data and its source.
        """
        ...

    async def contents(self) -> Sequence[str]:
        """Return the names of everything in the database, including what Everpost did not create: tables,
        views, collections. Changes nothing: a missing SQLite file is not created.
        """
        ...

    async def server(self) -> str:
        """Return the name and version of the database server, as in "PostgreSQL 18.1"."""
        ...

    async def erase(self) -> None:
        """Migrate down to nothing, deleting all data. An SQLite file that is empty afterwards is deleted."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


def state_at(revision: str, history: Sequence[Migration]) -> SchemaState:
    """The state of a database at this revision."""
    if revision not in (migration.revision for migration in history):
        return SchemaState.AHEAD
    return SchemaState.CURRENT if revision == history[-1].revision else SchemaState.BEHIND


def differences_ahead(revision: str | None) -> Sequence[str]:
    """The result of `Schema.differences` for a database that is ahead."""
    return (f"Revision {revision} belongs to a newer version of Everpost: check it with that version.",)


def find_place(target: str, revision: str | None, history: Sequence[Migration]) -> tuple[int, int]:
    """The number of migrations that have run in a database at this revision, and the number at the target.
    Raises SchemaMismatch.
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
    raise SchemaMismatch(f"{what} {revision!r}, which this version of Everpost does not have.")


def require_no_loss(steps: Sequence[Step]) -> None:
    """Raise DataLoss if a step would lose something."""
    if losses := [loss for step in steps for loss in step.loses]:
        raise DataLoss(
            f"The migration would lose data: {', '.join(losses)}. To drop it anyway, use --allow-data-loss."
        )


Prepare: TypeAlias = Callable[[Schema], Awaitable[None]]
"""A function that is called with the schema while a store is opened, and uses the store's connections."""


async def leave(_schema: Schema) -> None:
    """Do nothing: the schema is known to be current."""
