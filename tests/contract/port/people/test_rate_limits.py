"""Rate limits: counters in the store, shared by all workers."""

import asyncio
from datetime import datetime, timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.rate_limits import WINDOW, Limit, RateLimitCounter
from everpost.stores import open_store
from everpost.stores.port import Store

MILLISECOND = timedelta(milliseconds=1)
KEY = "a" * 64


async def hit(store: Store, key: str, moment: datetime) -> RateLimitCounter:
    """Count one attempt for a key without a limit."""
    (tally,) = await store.limits.hit([Limit(key)], moment)
    return tally


@pytest.fixture
def start() -> datetime:
    """The current time: a database may delete expired counters by its own clock."""
    return now()


async def test_attempts_are_counted_from_the_first(store: Store, start: datetime) -> None:
    until = start + WINDOW
    for count, moment in enumerate((start, start, start + MILLISECOND, until - MILLISECOND), start=1):
        assert await hit(store, KEY, moment) == RateLimitCounter(count, until)


async def test_each_key_has_its_own_count(store: Store, start: datetime) -> None:
    for number, key in enumerate((KEY, KEY[:-1], KEY[:-1] + "b", "A" * 64, "a", "a b", "-_.=$")):
        moment = start + number * MILLISECOND
        for count in (1, 2):
            assert await hit(store, key, moment) == RateLimitCounter(count, moment + WINDOW)


async def test_a_window_is_forgotten_when_it_ends(store: Store, start: datetime) -> None:
    for _ in range(3):
        await hit(store, KEY, start)
    end = start + WINDOW
    assert await hit(store, KEY, end) == RateLimitCounter(1, end + WINDOW)
    assert await hit(store, KEY, end + MILLISECOND) == RateLimitCounter(2, end + WINDOW)
    much_later = start + 10 * WINDOW
    assert await hit(store, "other", much_later) == RateLimitCounter(1, much_later + WINDOW)
    assert await hit(store, KEY, much_later) == RateLimitCounter(1, much_later + WINDOW)


async def test_only_expired_windows_are_deleted(store: Store, start: datetime) -> None:
    await hit(store, KEY, start)
    await hit(store, "later", start + MILLISECOND)
    await store.limits.delete_expired(start + WINDOW)
    assert await hit(store, "later", start + MILLISECOND) == RateLimitCounter(2, start + MILLISECOND + WINDOW)
    assert await hit(store, KEY, start) == RateLimitCounter(1, start + WINDOW), (
        "nothing is left of the first try"
    )


async def test_nothing_is_counted_after_a_limit_that_is_exceeded(store: Store, start: datetime) -> None:
    limits = [Limit("of all", 3), Limit("of one", 2), Limit("uncounted", 0), Limit("after it")]
    until = start + WINDOW
    for count in (1, 2):
        expected = [
            RateLimitCounter(count, until),
            RateLimitCounter(count, until),
            RateLimitCounter(count, until),
        ]
        assert await store.limits.hit(limits, start) == expected
    assert await store.limits.hit(limits, start) == [RateLimitCounter(3, until), RateLimitCounter(3, until)]
    assert await store.limits.hit(limits, start) == [RateLimitCounter(4, until)]
    assert await store.limits.get("of one", start) == RateLimitCounter(3, until)
    assert await store.limits.get("after it", start) is None


async def test_of_concurrent_attempts_as_many_pass_as_the_limit_allows(store: Store, start: datetime) -> None:
    limits = [Limit("first", 30), Limit("second", 20)]
    tallies = await asyncio.gather(*(store.limits.hit(limits, start) for _ in range(40)))
    assert sorted(len(each) for each in tallies) == [1] * 10 + [2] * 30
    seconds = [each[1].count for each in tallies if len(each) == 2]
    assert sorted(seconds) == list(range(1, 31))


async def test_a_forgiven_attempt_is_not_counted(store: Store, start: datetime) -> None:
    for _ in range(3):
        await hit(store, KEY, start)
    await store.limits.decrement([KEY, "unknown"])
    await store.limits.decrement([])
    assert await hit(store, KEY, start + MILLISECOND) == RateLimitCounter(3, start + WINDOW)
    assert await hit(store, "unknown", start) == RateLimitCounter(1, start + WINDOW)


async def test_concurrent_attempts_are_all_counted(store: Store, blog_url: str, start: datetime) -> None:
    other = await open_store(blog_url, timeout=10, pool_size=3)
    try:
        tallies = await asyncio.gather(
            *(hit(each, KEY, start + MILLISECOND) for each in (store, other) for _ in range(20))
        )
        assert sorted(tally.count for tally in tallies) == list(range(1, 41))
        assert {tally.until for tally in tallies} == {start + MILLISECOND + WINDOW}
        await asyncio.gather(*(each.limits.decrement([KEY]) for each in (store, other) for _ in range(10)))
        assert (await hit(other, KEY, start)).count == 21
    finally:
        await other.close()


async def test_concurrent_attempts_for_many_keys_are_all_counted(store: Store, start: datetime) -> None:
    """Even while windows end."""
    keys = [f"{number:064}" for number in range(10)]
    await asyncio.gather(*(hit(store, key, start) for key in keys))
    later = start + 2 * WINDOW
    tallies = await asyncio.gather(*(hit(store, key, later) for key in keys for _ in range(4)))
    assert sorted(tally.count for tally in tallies) == sorted([1, 2, 3, 4] * 10)
    assert {tally.until for tally in tallies} == {later + WINDOW}


async def test_a_window_can_end_at_any_time_and_begin_again(store: Store, start: datetime) -> None:
    assert await store.limits.get(KEY, start) is None
    far, near = start + 100 * WINDOW, start + WINDOW
    for until in (far, near):
        await store.limits.start_window(KEY, until)
        assert await store.limits.get(KEY, until - MILLISECOND) == RateLimitCounter(1, until)
        assert await store.limits.get(KEY, until) is None
    assert await hit(store, KEY, start) == RateLimitCounter(2, near)
    assert await store.limits.get(KEY, start) == RateLimitCounter(2, near)
    await store.limits.start_window(KEY, start)
    assert await store.limits.get(KEY, start) is None
    await asyncio.gather(*(store.limits.start_window("other", far) for _ in range(5)))
    assert await store.limits.get("other", start) == RateLimitCounter(1, far)
