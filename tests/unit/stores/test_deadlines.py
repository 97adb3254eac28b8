"""Deadlines: the total time a request may wait."""

import asyncio

import pytest

from everpost.errors import Busy
from everpost.stores.deadlines import deadline, ending, limited, remaining, timed


async def test_everything_inside_a_limit_ends_at_the_same_time() -> None:
    with limited(60):
        first = deadline()
        async with asyncio.TaskGroup() as group:
            later = group.create_task(_deadline_of_task())
        assert first is not None
        assert later.result() == deadline() == first


async def _deadline_of_task() -> float | None:
    return deadline()


async def test_the_clock_starts_at_the_first_wait() -> None:
    loop = asyncio.get_running_loop()
    with limited(60):
        before = await loop.run_in_executor(None, loop.time)  # some time later
        assert (deadline() or 0) >= before + 60


async def test_outside_a_limit_each_call_has_its_own_seconds() -> None:
    assert deadline() is None
    assert remaining(5) == 5
    with limited(60), ending(None):
        assert remaining(5) == 5


async def test_a_wait_past_its_deadline_is_busy() -> None:
    forever = asyncio.get_running_loop().create_future()
    with limited(0.001):
        with pytest.raises(Busy):
            async with timed(60):
                await forever
        with pytest.raises(Busy):
            remaining(60)
    async with timed(None):
        pass
