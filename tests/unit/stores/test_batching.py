"""Questions that are put together."""

import asyncio
from collections.abc import Sequence

import pytest

from everpost.errors import Busy
from everpost.stores.batching import Batcher, KeyedBatcher, KeyedLocks
from everpost.stores.deadlines import deadline, limited


class Oracle:
    """Answers when it may, and notes what it was asked together."""

    def __init__(self) -> None:
        self.turns: list[Sequence[int]] = []
        self.was_asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def answer(self, questions: Sequence[int]) -> Sequence[int]:
        self.turns.append(questions)
        self.was_asked.set()
        await self.may_answer.wait()
        if 13 in questions:
            raise ValueError("13")
        return [10 * question for question in questions]


async def test_those_who_ask_meanwhile_are_answered_together_afterwards() -> None:
    oracle = Oracle()
    turns = Batcher(oracle.answer, most=3)
    first = asyncio.create_task(turns.ask(1))
    await oracle.was_asked.wait()
    others = [asyncio.create_task(turns.ask(number)) for number in range(2, 7)]
    await asyncio.sleep(0)
    assert not turns.is_idle
    oracle.may_answer.set()
    assert await asyncio.gather(first, *others) == [10, 20, 30, 40, 50, 60]
    assert oracle.turns == [[1], [2, 3, 4], [5, 6]]
    assert turns.is_idle


async def test_what_goes_wrong_is_told_to_the_whole_turn_and_to_nobody_else() -> None:
    oracle = Oracle()
    turns = Batcher(oracle.answer, most=2)
    asked = [asyncio.create_task(turns.ask(number)) for number in (13, 1, 2)]
    oracle.may_answer.set()
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in told] == [ValueError, ValueError, int]
    assert await turns.ask(3) == 30


async def test_who_waits_no_longer_holds_up_nobody() -> None:
    oracle = Oracle()
    turns = Batcher(oracle.answer, most=10)
    impatient, patient = (asyncio.create_task(turns.ask(number)) for number in (1, 2))
    await oracle.was_asked.wait()
    impatient.cancel()
    oracle.may_answer.set()
    assert await patient == 20
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_a_key_whose_callers_have_all_given_up_is_forgotten() -> None:
    oracle = Oracle()
    turns: KeyedBatcher[str, int, int] = KeyedBatcher(oracle.answer, most=10)
    impatient = asyncio.create_task(turns.ask("a", 1))
    await oracle.was_asked.wait()
    assert len(turns) == 1
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    oracle.may_answer.set()
    await turns.finish()
    assert len(turns) == 0
    assert await turns.ask("a", 2) == 20
    assert len(turns) == 0


async def test_each_caller_waits_until_its_own_deadline() -> None:
    oracle = Oracle()
    turns = Batcher(oracle.answer, most=10)
    first = asyncio.create_task(turns.ask(1))
    await oracle.was_asked.wait()
    with limited(0.001):
        time_limited = asyncio.create_task(turns.ask(2))
    with limited(60):
        patient = asyncio.create_task(turns.ask(3))
    with pytest.raises(Busy):
        await time_limited
    oracle.may_answer.set()
    assert [await first, await patient] == [10, 30]
    assert oracle.turns == [[1], [3]]


async def test_a_turn_ends_at_the_latest_deadline_of_its_callers() -> None:
    ends: list[float | None] = []

    async def answer(questions: Sequence[float]) -> Sequence[float | None]:
        ends.append(deadline())
        return [None for _ in questions]

    async def ask(seconds: float) -> float | None:
        with limited(seconds):
            await turns.ask(seconds)
            return deadline()

    turns = Batcher(answer, most=10)
    assert max(filter(None, await asyncio.gather(ask(10), ask(60), ask(30)))) in ends
    await asyncio.gather(ask(10), turns.ask(0))
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


async def test_a_lock_is_waited_for_until_the_deadline() -> None:
    locks: KeyedLocks[str] = KeyedLocks()
    async with locks.hold("a"):
        with limited(0.001), pytest.raises(Busy):
            async with locks.hold("a"):
                pytest.fail("two have the lock")
    with limited(60):
        async with locks.hold("a"):
            pass
