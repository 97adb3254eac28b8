"""Differential testing of an SQL database: the driver and the reference must agree."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import Dialect, Executable, Insert

from everpost.domain import revisions
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Parameters, Result, Rows, Transaction
from everpost.stores.sql.engine.protocol import Calls, Database
from everpost.stores.sql.store import SqlStore

Outcome = TypeVar("Outcome")


class RolledBack(Exception):
    """Rolls back a rehearsal."""


async def open_differential(url: str, *, timeout: float, pool_size: int) -> SqlStore:
    """A store on a database whose schema is current."""
    drivers = await Connections.open(url, timeout=timeout, pool_size=pool_size)
    reference = await Connections.open(url, timeout=timeout, pool_size=pool_size, engine="reference")
    database = DifferentialDatabase(drivers._database, reference._database)
    return SqlStore(Connections(database, timeout=timeout))


class _Recorder:
    """A `Transaction` that records the answers of the one it wraps."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.answers: list[object] = []

    async def execute(
        self, statement: Executable, parameters: Parameters | Sequence[Parameters] = ()
    ) -> Result:
        result = await self._transaction.execute(statement, parameters)
        self.answers.append(_plain(result))
        return result

    async def execute_all(self, calls: Calls) -> Sequence[Result]:
        results = await self._transaction.execute_all(calls)
        self.answers += map(_plain, results)
        return results

    async def load(self, statement: Insert, rows: Iterable[Parameters]) -> None:
        await self._transaction.load(statement, rows)


class _Answers(dict[str, list[object]]):
    """What the two have answered."""

    error: Exception | None = None
    """What the reference raised."""

    def compare(self) -> None:
        try:
            assert self["drivers"] == self["reference"]
            assert repr(self["drivers"]) == repr(self["reference"])  # of the same types
        except AssertionError as difference:
            raise difference from self.error


class DifferentialDatabase:
    """A `Database` that returns the results of the driver, after the reference has run the same work in a
    transaction that is rolled back. Results are not compared if other work ran at the same time.
    """

    def __init__(self, drivers: Database, reference: Database) -> None:
        self._drivers = drivers
        self._reference = reference
        self._random = Random(0)
        self._begun = self._working = 0

    @property
    def dialect(self) -> Dialect:
        return self._drivers.dialect

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool) -> Rows:
        with self._comparing() as answers:
            rows = await self._drivers.fetch(statement, parameters, bounded=bounded)
            answers["drivers"] = _in_one_order(rows)
            expected = await self._reference.fetch(statement, parameters, bounded=bounded)
            answers["reference"] = _in_one_order(expected)
        return rows

    async def change(self, calls: Sequence[Call], *, time_limited: bool) -> Sequence[Result]:
        async def work(transaction: Transaction) -> None:
            await transaction.execute_all(calls)

        with self._comparing() as answers, self._numbers() as again:
            await self._rehearse(work, answers)
            again()
            try:
                results = await self._drivers.change(calls, time_limited=time_limited)
            except VIOLATED:
                answers["drivers"] = ["violated"]
                raise
            answers["drivers"] = [*map(_plain, results)]
        return results

    async def transact(
        self, work: Callable[[Transaction], Awaitable[Outcome]], *, time_limited: bool
    ) -> Outcome:
        recorder: _Recorder

        async def recorded(transaction: Transaction) -> Outcome:
            nonlocal recorder
            recorder = _Recorder(transaction)
            try:
                return await work(recorder)
            except VIOLATED:
                recorder.answers.append("violated")
                raise

        with self._comparing() as answers, self._numbers() as again:
            await self._rehearse(work, answers)
            again()
            try:
                return await self._drivers.transact(recorded, time_limited=time_limited)
            finally:
                answers["drivers"] = recorder.answers

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Transaction]:
        async with self._drivers.snapshot() as transaction:
            yield transaction

    async def close(self) -> None:
        await self._drivers.close()
        await self._reference.close()

    async def _rehearse(self, work: Callable[[Transaction], Awaitable[object]], answers: "_Answers") -> None:
        """Note the reference's answers to the statements of this work, which is then rolled back."""

        async def rehearsal(transaction: Transaction) -> None:
            recorder = _Recorder(transaction)
            answers["reference"] = recorder.answers
            try:
                await work(recorder)
            except VIOLATED:
                recorder.answers.append("violated")
            raise RolledBack

        try:
            await self._reference.transact(rehearsal, time_limited=True)
        except RolledBack:
            return
        except Exception as error:  # noqa: BLE001 - of the rehearsal itself, or what the work would raise
            answers.setdefault("reference", [])
            answers.error = error

    @contextmanager
    def _comparing(self) -> Iterator["_Answers"]:
        """Compare the two, unless other work ran meanwhile."""
        self._begun += 1
        self._working += 1
        mine, is_alone = self._begun, self._working == 1
        answers = _Answers()
        try:
            yield answers
        finally:
            self._working -= 1
            if is_alone and mine == self._begun and len(answers) == 2:
                answers.compare()

    @contextmanager
    def _numbers(self) -> Iterator[Callable[[], None]]:
        """Return a function that restores the present state of the random numbers."""
        seed = self._random.random()
        with pytest.MonkeyPatch.context() as patch:

            def again() -> None:
                patch.setattr(revisions, "token_bytes", Random(seed).randbytes)

            again()
            yield again


def _in_one_order(rows: Rows) -> list[object]:
    """The rows, whose order not every statement fixes: the server may plan a prepared one differently."""
    return sorted(([*row] for row in rows), key=repr)


def _plain(result: Result) -> object:
    return [[*row] for row in result.rows] or result.matched
