"""Guessing is slowed down and nobody is locked out, on every store."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.people.users import User
from everpost.errors import Busy, TooMany, Unauthenticated
from everpost.services.accounts import login_throttling, passwords
from everpost.services.accounts.login_throttling import LONGEST_PAUSE, ThrottleRules, throttled_attempt
from everpost.services.accounts.logins import Credentials, LoginRules, log_in
from everpost.services.accounts.password_queue import MOST_WAITING, PasswordQueue
from everpost.services.accounts.passwords import hash_password
from everpost.stores.port import Store
from tests.contract.services.people import add_user

PASSWORD = "correct horse battery"
RULES = LoginRules(lifetime=timedelta(hours=12), failures_per_hour=3, failures_per_account=5)
HOME, CAFE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
async def user(store: Store) -> User:
    return await add_user(store, password_hash=await hash_password(PASSWORD))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - nobody tells how long a queue is
            await asyncio.sleep(0.001)


async def enter(store: Store, user: User, address: str, password: str = PASSWORD) -> str:
    given = Credentials(email=user.email.upper(), password=password, address=address)
    try:
        await log_in(store, given, RULES)
    except Unauthenticated:
        return "wrong"
    except TooMany as refused:
        return f"wait {refused.retry_after}"
    return "in"


async def guess_from_everywhere(store: Store, user: User, count: int) -> list[str]:
    return [await enter(store, user, f"203.0.113.{number}", "a guess") for number in range(count)]


async def test_guesses_for_an_account_are_slow_from_any_address(store: Store, user: User) -> None:
    assert await guess_from_everywhere(store, user, 8) == ["wrong"] * 5 + ["wait 1"] * 3


async def test_an_unknown_account_is_treated_the_same(store: Store, user: User) -> None:
    nobody = User(
        id=user.id,
        name="",
        email="nobody@blog.example",
        role=user.role,
        created_at=now(),
        updated_at=now(),
    )
    assert await guess_from_everywhere(store, nobody, 8) == ["wrong"] * 5 + ["wait 1"] * 3


async def test_the_owner_logs_in_from_a_known_network_immediately(store: Store, user: User) -> None:
    assert await enter(store, user, HOME) == "in"
    await guess_from_everywhere(store, user, 20)
    assert await enter(store, user, HOME) == "in"


async def test_the_owner_logs_in_from_a_new_network_after_a_delay(
    store: Store, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await guess_from_everywhere(store, user, 20)
    assert await enter(store, user, CAFE) == "wait 1"
    begun = now()
    monkeypatch.setattr(login_throttling, "now", lambda: begun + timedelta(seconds=2))
    assert await enter(store, user, CAFE) == "in"
    assert await enter(store, user, CAFE) == "in"


async def test_a_pause_is_for_one_guess(store: Store, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    await guess_from_everywhere(store, user, 6)
    begun = now()
    outcomes = []
    for second in (0, 0, 2, 2, 4, 4):
        monkeypatch.setattr(login_throttling, "now", lambda second=second: begun + timedelta(seconds=second))
        outcomes.append(await enter(store, user, CAFE, "a guess"))
    assert [each.partition(" ")[0] for each in outcomes] == ["wait", "wait", "wrong", "wait", "wrong", "wait"]


async def test_a_stranger_at_the_same_address_locks_no_known_account_out(store: Store, user: User) -> None:
    other = await add_user(store)
    assert await enter(store, user, HOME) == "in"
    outcomes = [await enter(store, other, HOME, "a guess") for _ in range(5)]
    assert [each.partition(" ")[0] for each in outcomes] == ["wrong"] * 3 + ["wait"] * 2
    assert await enter(store, user, HOME) == "in"
    outcomes = [await enter(store, user, HOME, "a guess") for _ in range(5)]
    assert [each.partition(" ")[0] for each in outcomes] == ["wrong"] * 3 + ["wait"] * 2


async def test_the_networks_of_one_ipv6_site_are_counted_together(store: Store) -> None:
    outcomes = [
        await enter(store, await add_user(store), f"2001:db8:1:{number:x}::1", "a guess")
        for number in range(31)
    ]
    assert outcomes[:30] == ["wrong"] * 30
    assert outcomes[30].startswith("wait ")
    assert await enter(store, await add_user(store), "2001:db8:2::1", "a guess") == "wrong"


async def test_right_logins_at_once_do_not_count_against_each_other(store: Store, user: User) -> None:
    assert await asyncio.gather(*(enter(store, user, HOME) for _ in range(16))) == ["in"] * 16


async def test_wrong_logins_at_once_are_counted_exactly(store: Store, user: User) -> None:
    outcomes = await asyncio.gather(*(enter(store, user, HOME, "a guess") for _ in range(10)))
    assert sorted(each.partition(" ")[0] for each in outcomes) == ["wait"] * 7 + ["wrong"] * 3


async def test_a_cancelled_attempt_is_not_counted(store: Store) -> None:
    rules = ThrottleRules(failures_per_hour=1, failures_per_account=1)
    for _ in range(3):
        with pytest.raises(Busy):
            async with throttled_attempt(store, "ann@blog.example", HOME, rules):
                raise Busy
    async with throttled_attempt(store, "ann@blog.example", HOME, rules):
        pass
    with pytest.raises(TooMany):
        async with throttled_attempt(store, "ann@blog.example", HOME, rules):
            pass


async def test_known_networks_are_not_delayed_by_others(
    store: Store, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await enter(store, user, HOME) == "in"
    crowd = [await add_user(store) for _ in range(2 * MOST_WAITING)]
    gate = threading.Event()
    queue = PasswordQueue(1)
    monkeypatch.setattr(passwords, "_queue", queue)
    blocked = asyncio.create_task(queue.run(lambda: gate.wait(60)))
    await asyncio.sleep(0)

    async def knock(number: int) -> str:
        try:
            return await enter(store, crowd[number], f"203.0.113.{number}", "a guess")
        except Busy:
            return "busy"

    strangers = [asyncio.create_task(knock(number)) for number in range(len(crowd))]
    await until(lambda: sum(task.done() for task in strangers) == MOST_WAITING)
    owner = asyncio.create_task(enter(store, user, HOME))
    await until(lambda: bool(queue._users))
    gate.set()
    assert await owner == "in"
    outcomes = await asyncio.gather(*strangers)
    assert (outcomes.count("busy"), outcomes.count("wrong")) == (MOST_WAITING, MOST_WAITING)
    assert await blocked


def test_a_pause_grows_and_ends() -> None:
    pauses = [login_throttling.pause_after(excess) for excess in range(-5, 300)]
    assert pauses == sorted(pauses)
    assert pauses[:6] == [0] * 6
    assert (pauses[6], pauses[16], pauses[26]) == (1, 2, 4)
    assert login_throttling.pause_after(10**9) == pauses[-1] == LONGEST_PAUSE
