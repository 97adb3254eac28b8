"""Plans and runs the migrations of a MongoDB database."""

from collections.abc import Mapping, Sequence
from typing import Self

from everpost.errors import SchemaMismatch
from everpost.stores.mongo.engine.connection import Client, connect, database_of
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.engine.replica_sets import require_replica_set
from everpost.stores.mongo.schema import m0001_blog, migration_history
from everpost.stores.mongo.schema.definition import Definition, differences_of
from everpost.stores.mongo.schema.previews import false_previews
from everpost.stores.schema import (
    Migration,
    SchemaState,
    Step,
    differences_ahead,
    find_place,
    require_no_loss,
    state_at,
)

HISTORY: tuple[Definition, ...] = (m0001_blog.MIGRATION,)
"""All migrations, in the order in which they run."""


class MongoSchema:
    """The port's `Schema` on MongoDB. `history`: all migrations, in the order in which they run."""

    def __init__(
        self, client: Client, url: str, *, timeout: float, history: Sequence[Definition] = HISTORY
    ) -> None:
        self._client, self._url, self._timeout = client, url, timeout
        self._database = database_of(client)
        self._history = migration_history.MigrationHistory(self._database)
        self._definitions = history
        self._answered = False

    @classmethod
    def at(cls, url: str, *, timeout: float, history: Sequence[Definition] = HISTORY) -> Self:
        """The schema of the database at a URL, with a client of its own. Raises Misconfigured."""
        client = connect(url, timeout=timeout, pool_size=2, whole_calls=False)
        return cls(client, url, timeout=timeout, history=history)

    @translated
    async def current(self) -> str | None:
        await self._require_answer()
        return await self._revision()

    @translated
    async def state(self) -> SchemaState:
        """Raises SchemaMismatch if the database contains data of another application."""
        await self._require_answer()
        _, is_leaving = await self._history.read()
        revision = await self._revision()
        if is_leaving:
            return SchemaState.BEHIND
        if revision is None:
            await self._require_unused()
            return SchemaState.EMPTY
        return state_at(revision, self.history())

    def history(self) -> Sequence[Migration]:
        return tuple(each.migration for each in self._definitions)

    @translated
    async def plan(self, target: str) -> Sequence[Step]:
        await self._require_answer()
        return [step for step, _ in await self._steps(target)]

    @translated
    async def migrate(self, target: str, *, allow_data_loss: bool = False) -> Sequence[Step]:
        await self._require_answer()
        if not await self._steps(target):
            return []
        async with self._history.lock():
            planned = await self._steps(target)
            steps = [step for step, _ in planned]
            if not allow_data_loss:
                require_no_loss(steps)
            await self._run_all(planned)
        return steps

    @translated
    async def differences(self) -> Sequence[str]:
        await self._require_answer()
        revision = await self._revision()
        if revision is None:
            return []
        if state_at(revision, self.history()) is SchemaState.AHEAD:
            return differences_ahead(revision)
        collections = self._definitions[int(revision) - 1].collections
        found: list[str] = []
        for name, collection in {migration_history.NAME: migration_history.COLLECTION, **collections}.items():
            found.extend(await differences_of(self._database, name, collection))
        return [*found, *await false_previews(self._client, self._database)]

    @translated
    async def contents(self) -> Sequence[str]:
        await self._require_answer()
        names = await self._database.list_collection_names()
        return sorted(name for name in names if not name.startswith("system."))

    @translated
    async def server(self) -> str:
        await self._require_answer()
        return f"MongoDB {(await self._client.server_info())['version']}"

    async def erase(self) -> None:
        await self.migrate("base", allow_data_loss=True)

    async def close(self) -> None:
        await self._client.close()

    async def _require_answer(self) -> None:
        if not self._answered:
            await require_replica_set(self._client, self._url, timeout=self._timeout)
            self._answered = True

    async def _revision(self) -> str | None:
        number, _ = await self._history.read()
        return f"{number:04}" if number else None

    async def _require_unused(self) -> None:
        """Raise SchemaMismatch unless the collections are missing, or Everpost itself created them: in an
        interrupted migration, or in another process that has just finished the first one.
        """
        first = self._definitions[0]
        for name in first.collections:
            foreign = {"$nor": [first.seeds[name]]} if name in first.seeds else {}
            if await self._has(name, foreign):
                if await self._history.read() != (0, False):
                    return
                raise SchemaMismatch(
                    f"The database {self._database.name!r} has a collection {name!r} that Everpost did not"
                    " create. Name another database in the URL."
                )

    async def _run_all(self, planned: Sequence[tuple[Step, Definition]]) -> None:
        """Run these steps. The revision of a new database is recorded only after the last one, so that no
        process takes it for one with an older schema.
        """
        is_new = await self._revision() is None
        for step, definition in planned:
            number = definition.number
            if not step.upward:
                await self._history.write(number - 1, is_leaving=True)
                await definition.down(self._database)
                await self._history.write(number - 1)
                continue
            await definition.up(self._database)
            if not is_new or definition is planned[-1][1]:
                await self._history.write(number)

    async def _steps(self, target: str) -> Sequence[tuple[Step, Definition]]:
        """The migrations from the current revision to the target, each with the data that it would lose."""
        _, is_leaving = await self._history.read()
        here, there = find_place(target, await self._revision(), self.history())
        if here == 0:
            await self._require_unused()
        if there > here:
            return [(Step(each.migration, upward=True), each) for each in self._definitions[here:there]]
        # An interrupted downgrade is resumed with the migration that was being reverted.
        steps = []
        for each in reversed(self._definitions[there : here + is_leaving]):
            lost = [
                loss.name for loss in each.losses_down if await self._has(loss.collection, loss.condition)
            ]
            steps.append((Step(each.migration, upward=False, loses=tuple(dict.fromkeys(lost))), each))
        return steps

    async def _has(self, name: str, condition: Mapping[str, object]) -> bool:
        return await self._database[name].find_one(condition, {"_id": 1}) is not None
