"""The queues in front of password hashing."""

import asyncio
import threading

import pytest

from everpost.errors import Busy
from everpost.services.accounts import bounded_locks, password_queue
from everpost.services.accounts.bounded_locks import BoundedLocks
from everpost.services.accounts.password_queue import PasswordQueue


class Work:
    """Work that lasts until it is released."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._gate = threading.Event()

    def wait(self) -> None:
        self._gate.wait(60)

    def let_go(self) -> None:
        self._gate.set()


async def let_tasks_start() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_users_go_before_strangers() -> None:
    queue, work = PasswordQueue(1), Work()
    first = asyncio.create_task(queue.run(work.wait))
    await let_tasks_start()

    async def take(name: str, *, is_stranger: bool) -> None:
        await queue.run(lambda: work.done.append(name), is_stranger=is_stranger)

    tasks = [asyncio.create_task(take(f"stranger {number}", is_stranger=True)) for number in range(3)]
    await let_tasks_start()
    tasks.append(asyncio.create_task(take("user", is_stranger=False)))
    await let_tasks_start()
    work.let_go()
    await asyncio.gather(first, *tasks)
    assert work.done == ["user", "stranger 0", "stranger 1", "stranger 2"]


async def test_a_line_is_so_long_at_most_and_holds_up_no_other() -> None:
    queue, work = PasswordQueue(1), Work()
    first = asyncio.create_task(queue.run(work.wait))
    await let_tasks_start()
    strangers = [
        asyncio.create_task(queue.run(lambda: None, is_stranger=True))
        for _ in range(password_queue.MOST_WAITING)
    ]
    await let_tasks_start()
    with pytest.raises(Busy):
        await queue.run(lambda: None, is_stranger=True)
    user = asyncio.create_task(queue.run(lambda: "a user"))
    await let_tasks_start()
    work.let_go()
    assert await user == "a user"
    await asyncio.gather(first, *strangers)
    assert await queue.run(lambda: "free again", is_stranger=True) == "free again"


async def test_who_gives_up_leaves_the_place_to_the_next() -> None:
    queue, work = PasswordQueue(1), Work()
    first = asyncio.create_task(queue.run(work.wait))
    await let_tasks_start()
    waiting = [asyncio.create_task(queue.run(lambda: None)) for _ in range(3)]
    await let_tasks_start()
    waiting[0].cancel()
    waiting[1].cancel()
    await let_tasks_start()
    work.let_go()
    await asyncio.gather(first, waiting[2])
    assert await asyncio.wait_for(queue.run(lambda: "free"), 60) == "free"


async def test_each_lock_is_held_once_and_locks_do_not_wait_for_each_other() -> None:
    locks, seen, gate = BoundedLocks(), list[str](), asyncio.Event()

    async def take(name: str, number: int) -> None:
        async with locks.hold(name):
            seen.append(f"{name}{number}")
            await gate.wait()

    tasks = [asyncio.create_task(take(name, number)) for number in range(3) for name in "ab"]
    await let_tasks_start()
    assert seen == ["a0", "b0"]
    gate.set()
    await asyncio.gather(*tasks)
    assert sorted(seen) == ["a0", "a1", "a2", "b0", "b1", "b2"]


async def test_the_queue_of_a_lock_is_bounded() -> None:
    locks, gate = BoundedLocks(), asyncio.Event()

    async def take() -> None:
        async with locks.hold("a"):
            await gate.wait()

    tasks = [asyncio.create_task(take()) for _ in range(bounded_locks.MOST_WAITING + 1)]
    await let_tasks_start()
    with pytest.raises(Busy):
        await take()
    async with locks.hold("b"):
        gate.set()
    await asyncio.gather(*tasks)
    async with locks.hold("a"):
        pass
