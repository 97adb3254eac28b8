"""Plans and runs the migrations of a MongoDB database."""

from collections.abc import Mapping, Sequence
from typing import Self

from everpost.errors import DataLoss, SchemaMismatch
from everpost.stores.mongo.engine.connection import Client, connect, database_of
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.mongo.engine.replica_sets import require_replica_set
from everpost.stores.mongo.schema.definition import Definition, Loss
from everpost.stores.mongo.schema.drift import differences_of
from everpost.stores.mongo.schema.history import HISTORY
from everpost.stores.mongo.schema.ledger import COLLECTIONS, Ledger
from everpost.stores.mongo.schema.previews import false_previews
from everpost.stores.schema import Migration, SchemaState, Step


class MongoSchema:
    """The port's `Schema` on MongoDB. `history`: every migration there is, the first one first."""

    def __init__(
        self, client: Client, url: str, *, timeout: float, history: Sequence[Definition] = HISTORY
    ) -> None:
        self._client, self._url, self._timeout = client, url, timeout
        self._database = database_of(client)
        self._ledger = Ledger(self._database)
        self._history = history
        self._answered = False

    @classmethod
    def at(cls, url: str, *, timeout: float, history: Sequence[Definition] = HISTORY) -> Self:
        """The schema of the database at a URL, with a client of its own. Misconfigured."""
        client = connect(url, timeout=timeout, pool_size=2, whole_calls=False)
        return cls(client, url, timeout=timeout, history=history)

    @translated
    async def current(self) -> str | None:
        await self._require_answer()
        number = await self._ledger.latest()
        return None if number is None else f"{number:04}"

    @translated
    async def state(self) -> SchemaState:
        """SchemaMismatch where somebody else's data is in the way."""
        await self._require_answer()
        number = await self._ledger.latest()
        if await self._ledger.broken_off() is not None:
            return SchemaState.BEHIND
        if number is None:
            await self._require_unused()
            return SchemaState.EMPTY
        if number > self._history[-1].number:
            return SchemaState.AHEAD
        return SchemaState.CURRENT if number == self._history[-1].number else SchemaState.BEHIND

    def history(self) -> Sequence[Migration]:
        return tuple(_named(migration) for migration in self._history)

    @translated
    async def plan(self, target: str) -> Sequence[Step]:
        await self._require_answer()
        return [step for step, _ in await self._steps(target)]

    @translated
    async def migrate(self, target: str, *, allow_data_loss: bool = False) -> Sequence[Step]:
        await self._require_answer()
        if not await self._steps(target):
            return []
        async with self._ledger.held():
            steps = await self._steps(target)
            lost = [name for step, _ in steps for name in step.loses]
            if lost and not allow_data_loss:
                raise DataLoss(f"This would lose data: {', '.join(lost)}.")
            await self._take_all(steps)
        return [step for step, _ in steps]

    @translated
    async def differences(self) -> Sequence[str]:
        await self._require_answer()
        number = await self._ledger.latest()
        known = {migration.number: migration for migration in self._history}
        if number is None:
            return []
        if number not in known:
            return [f"The revision {number:04} is of a newer Everpost, which knows what is to be there."]
        found: list[str] = []
        for name, collection in {**COLLECTIONS, **known[number].collections}.items():
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

    async def _require_unused(self) -> None:
        """SchemaMismatch, unless the collections are free, or hold what Everpost left there itself: an
        interrupted migration, or another process that has just finished the first one.
        """
        first = self._history[0]
        for name in first.collections:
            foreign = {"$nor": [first.seeds[name]]} if name in first.seeds else {}
            if await self._has(name, foreign):
                if await self._ledger.is_begun():
                    return
                raise SchemaMismatch(
                    f"The database {self._database.name!r} has a collection {name!r} that Everpost did not"
                    " make. Name another database in the URL."
                )

    async def _take_all(self, steps: Sequence[tuple[Step, Definition]]) -> None:
        """A new database counts as empty until every step is done, so nobody mistakes it for an old one."""
        is_new = await self._ledger.latest() is None
        for step, migration in steps:
            if step.upward:
                await migration.up(self._database)
            else:
                await self._ledger.leave(migration)
                await migration.down(self._database)
                await self._ledger.strike(migration)
            if step.upward and not is_new:
                await self._ledger.enter(migration)
        for _, migration in reversed([each for each in steps if each[0].upward and is_new]):
            await self._ledger.enter(migration)

    async def _steps(self, target: str) -> Sequence[tuple[Step, Definition]]:
        """The migrations between here and there, each with what it would lose."""
        number = await self._ledger.latest() or 0
        if number > self._history[-1].number:
            raise SchemaMismatch(f"The database is at {number:04}, which a newer Everpost made.")
        goal = _number(self._history, target, number)
        if number == 0:
            await self._require_unused()
        # A downgrade that was interrupted is taken up again from where it stands.
        highest = max(number, await self._ledger.broken_off() or 0)
        upward = [each for each in self._history if number < each.number <= goal]
        downward = [each for each in reversed(self._history) if goal < each.number <= highest]
        steps = [(Step(_named(each), upward=True), each) for each in upward]
        for each in downward:
            lost = [loss.name for loss in each.losses_down if await self._is_lost(loss)]
            steps.append((Step(_named(each), upward=False, loses=tuple(dict.fromkeys(lost))), each))
        return steps

    async def _is_lost(self, loss: Loss) -> bool:
        return await self._has(loss.collection, loss.condition)

    async def _has(self, name: str, condition: Mapping[str, object]) -> bool:
        return await self._database[name].find_one(condition, {"_id": 1}) is not None


def _number(history: Sequence[Definition], target: str, current: int) -> int:
    """The number of the revision that a target names, "0" before the first."""
    if target == "head":
        return history[-1].number
    if target == "base":
        return 0
    if target == "-1" and current > 0:
        return current - 1
    for migration in history:
        if migration.revision == target:
            return migration.number
    raise SchemaMismatch(f"There is no revision {target!r} to go to from {current:04}.")


def _named(migration: Definition) -> Migration:
    return Migration(migration.revision, migration.title)
