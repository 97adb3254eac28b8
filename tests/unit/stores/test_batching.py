"""Queries are batched, and locks are fair."""

import asyncio
from collections.abc import Sequence

import pytest

from everpost.errors import Busy
from everpost.stores.batching import Batcher, KeyedBatcher, KeyedLocks
from everpost.stores.deadlines import deadline, limited


class Database:
    """Answers once `may_answer` is set, and records the batches."""

    def __init__(self) -> None:
        self.batches: list[Sequence[int]] = []
        self.was_called, self.may_answer = asyncio.Event(), asyncio.Event()

    async def answer(self, queries: Sequence[int]) -> Sequence[int]:
        self.batches.append(queries)
        self.was_called.set()
        await self.may_answer.wait()
        if 13 in queries:
            raise ValueError("13")
        return [10 * query for query in queries]


async def test_queries_that_arrive_while_a_batch_runs_form_the_next_one() -> None:
    database = Database()
    batcher = Batcher(database.answer, most=3)
    first = asyncio.create_task(batcher.load(1))
    await database.was_called.wait()
    others = [asyncio.create_task(batcher.load(number)) for number in range(2, 7)]
    await asyncio.sleep(0)
    assert not batcher.is_idle
    database.may_answer.set()
    assert await asyncio.gather(first, *others) == [10, 20, 30, 40, 50, 60]
    assert database.batches == [[1], [2, 3, 4], [5, 6]]
    assert batcher.is_idle


async def test_an_error_is_raised_for_its_whole_batch_and_for_no_other() -> None:
    database = Database()
    batcher = Batcher(database.answer, most=2)
    calls = [asyncio.create_task(batcher.load(number)) for number in (13, 1, 2)]
    database.may_answer.set()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in outcomes] == [ValueError, ValueError, int]
    assert await batcher.load(3) == 30


async def test_a_cancelled_caller_does_not_affect_the_others() -> None:
    database = Database()
    batcher = Batcher(database.answer, most=10)
    impatient, patient = (asyncio.create_task(batcher.load(number)) for number in (1, 2))
    await database.was_called.wait()
    impatient.cancel()
    database.may_answer.set()
    assert await patient == 20
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_key_whose_callers_have_all_given_up_is_forgotten() -> None:
    database = Database()
    batchers: KeyedBatcher[str, int, int] = KeyedBatcher(database.answer, most=10)
    impatient = asyncio.create_task(batchers.load("a", 1))
    await database.was_called.wait()
    assert len(batchers) == 1
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    database.may_answer.set()
    await batchers.finish()
    assert len(batchers) == 0
    assert await batchers.load("a", 2) == 20
    assert len(batchers) == 0


async def test_each_caller_waits_until_its_own_deadline() -> None:
    database = Database()
    batcher = Batcher(database.answer, most=10)
    first = asyncio.create_task(batcher.load(1))
    await database.was_called.wait()
    with limited(0.001):
        time_limited = asyncio.create_task(batcher.load(2))
    with limited(60):
        patient = asyncio.create_task(batcher.load(3))
    with pytest.raises(Busy):
        await time_limited
    database.may_answer.set()
    assert [await first, await patient] == [10, 30]
    assert database.batches == [[1], [3]]


async def test_a_batch_ends_at_the_latest_deadline_of_its_callers() -> None:
    ends: list[float | None] = []

    async def answer(queries: Sequence[float]) -> Sequence[float | None]:
        ends.append(deadline())
        return [None for _ in queries]

    async def load(seconds: float) -> float | None:
        with limited(seconds):
            await batcher.load(seconds)
            return deadline()

    batcher = Batcher(answer, most=10)
    assert max(filter(None, await asyncio.gather(load(10), load(60), load(30)))) in ends
    await asyncio.gather(load(10), batcher.load(0))
    assert ends[1:] == [None]


async def test_tasks_get_a_lock_in_the_order_of_their_requests() -> None:
    locks: KeyedLocks[str] = KeyedLocks()
    order: list[int] = []

    async def hold(number: int) -> None:
        async with locks.hold("a"):
            await asyncio.sleep(0)
            order.append(number)

    async with locks.hold("b"):
        await asyncio.gather(*map(hold, range(5)))
    assert order == [0, 1, 2, 3, 4]


async def test_waiting_for_a_lock_ends_at_the_deadline() -> None:
    locks: KeyedLocks[str] = KeyedLocks()
    async with locks.hold("a"):
        with limited(0.001), pytest.raises(Busy):
            async with locks.hold("a"):
                pytest.fail("two have the lock")
    with limited(60):
        async with locks.hold("a"):
            pass
