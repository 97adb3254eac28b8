"""Differential testing of SQL databases: the drivers and the reference must agree."""

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
    """Rolls a rehearsal back."""


async def open_differential(url: str, *, timeout: float, pool_size: int) -> SqlStore:
    """Open a store, whose schema must be current, that compares the two."""
    drivers = await Connections.open(url, timeout=timeout, pool_size=pool_size)
    reference = await Connections.open(url, timeout=timeout, pool_size=pool_size, engine="reference")
    database = DifferentialDatabase(drivers._database, reference._database)
    return SqlStore(Connections(database, timeout=timeout))


class _Recorder:
    """A `Transaction` that records the results of the one it wraps."""

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
    """The results of both."""

    error: Exception | None = None
    """The exception that the reference raised."""

    def compare(self) -> None:
        try:
            assert repr(self["drivers"]) == repr(self["reference"]), self  # repr, so of the same types too
        except AssertionError as difference:
            raise difference from self.error


class DifferentialDatabase:
    """`Database` that returns the results of the driver. First it rehearses each call on the reference, in a
    transaction that it rolls back. If other work runs meanwhile, results may differ and are not compared.
    """

    def __init__(self, drivers: Database, reference: Database) -> None:
        self._drivers = drivers
        self._reference = reference
        self._random = Random(0)
        self._started = self._working = 0

    @property
    def dialect(self) -> Dialect:
        return self._drivers.dialect

    async def fetch(self, statement: Executable, parameters: Parameters, *, bounded: bool) -> Rows:
        with self._comparing() as answers:
            rows = await self._drivers.fetch(statement, parameters, bounded=bounded)
            answers["drivers"] = _sorted(rows)
            expected = await self._reference.fetch(statement, parameters, bounded=bounded)
            answers["reference"] = _sorted(expected)
        return rows

    async def change(self, calls: Sequence[Call], *, time_limited: bool) -> Sequence[Result]:
        async def work(transaction: Transaction) -> None:
            await transaction.execute_all(calls)

        with self._comparing() as answers, self._same_random_numbers() as restore:
            await self._rehearse(work, answers)
            restore()
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

        with self._comparing() as answers, self._same_random_numbers() as restore:
            await self._rehearse(work, answers)
            restore()
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
        """Record the reference's results for this work, then roll it back."""

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
        except Exception as error:  # noqa: BLE001 - an error of the rehearsal or of the work
            answers.setdefault("reference", [])
            answers.error = error

    @contextmanager
    def _comparing(self) -> Iterator["_Answers"]:
        """Compare the results, unless other work ran meanwhile."""
        self._started += 1
        self._working += 1
        number, is_alone = self._started, self._working == 1
        answers = _Answers()
        try:
            yield answers
        finally:
            self._working -= 1
            if is_alone and number == self._started and len(answers) == 2:
                answers.compare()

    @contextmanager
    def _same_random_numbers(self) -> Iterator[Callable[[], None]]:
        """Return a function that restores the current state of the random numbers."""
        seed = self._random.random()
        with pytest.MonkeyPatch.context() as patch:

            def restore() -> None:
                patch.setattr(revisions, "token_bytes", Random(seed).randbytes)

            restore()
            yield restore


def _sorted(rows: Rows) -> list[object]:
    """Sort the rows, because not every statement fixes their order, and the server may plan a prepared one
    differently.
    """
    return sorted(([*row] for row in rows), key=repr)


def _plain(result: Result) -> object:
    return _sorted(result.rows) or result.matched
