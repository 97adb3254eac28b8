"""The place for bytes in the database of the blog."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest

from everpost.domain.clock import now
from everpost.errors import Busy, NotFound
from everpost.stores import deadlines
from everpost.stores.mongo.media import stored_bytes as mongo_bytes
from everpost.stores.port import Store
from everpost.stores.sql.media import stored_bytes as sql_bytes
from tests.contract.port.media.examples import digest_of, parts_of, put, read
from tests.contract.refusals import raises

CHUNK = 256 * 1024
LARGE = Random(1).randbytes(2 * CHUNK + 10)


def stalling(
    *, reached: asyncio.Event, released: asyncio.Event, content: bytes = LARGE
) -> AsyncIterator[bytes]:
    """The content, with a pause after the first chunk until it is `released`."""

    async def parts() -> AsyncIterator[bytes]:
        yield content[: CHUNK + 1]
        reached.set()
        await released.wait()
        yield content[CHUNK + 1 :]

    return parts()


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, len(LARGE)])
async def test_bytes_are_read_as_they_were_put(store: Store, size: int) -> None:
    began = now()
    key = await put(store, LARGE[:size])
    found = await store.media_bytes.find(key)
    assert found is not None
    assert (found.key, found.size) == (key, size)
    assert began <= found.stored_at <= now()
    assert await read(store, key) == LARGE[:size]
    assert await store.media_bytes.page() == [found]


async def test_any_byte_can_be_part_of_a_file(store: Store) -> None:
    content = bytes(range(256)) * 8 + b"'\\\"\x00%s{}\x1a" + "\u2028".encode()
    assert await read(store, await put(store, content)) == content


async def test_a_range_is_read(store: Store) -> None:
    key = await put(store, LARGE)
    places = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, len(LARGE) - 1, len(LARGE), len(LARGE) + 5]
    for start, end in itertools.product(places, [*places, None]):
        assert await read(store, key, start=start, end=end) == LARGE[start:end], (start, end)


async def test_parts_are_at_most_a_megabyte(store: Store) -> None:
    key = await put(store, LARGE * 3)
    parts = [part async for part in store.media_bytes.read(key)]
    assert max(map(len, parts)) <= 1_000_000
    assert b"".join(parts) == LARGE * 3


async def test_bytes_that_are_not_here_are_not_found(store: Store) -> None:
    key = digest_of("nothing")
    assert await store.media_bytes.find(key) is None
    with raises(NotFound, noun="file"):
        await read(store, key)


async def test_bytes_that_are_put_again_are_stored_anew(store: Store) -> None:
    key = await put(store, LARGE)
    again = now()
    await put(store, LARGE)
    (found,) = await store.media_bytes.page()
    assert found.stored_at >= again
    assert await read(store, key) == LARGE


@pytest.mark.parametrize("size", [10, len(LARGE)])
async def test_two_writers_of_one_key_both_succeed(store: Store, size: int) -> None:
    content = LARGE[:size]
    keys = await asyncio.gather(*(put(store, content) for _ in range(3)))
    assert len(set(keys)) == 1
    assert [each.key for each in await store.media_bytes.page()] == keys[:1]
    assert await read(store, keys[0]) == content


async def test_an_interrupted_writer_leaves_nothing(store: Store) -> None:
    key = digest_of(LARGE)

    async def breaking() -> AsyncIterator[bytes]:
        yield LARGE[: CHUNK + 1]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.media_bytes.put(key, breaking(), size=len(LARGE))
    assert await store.media_bytes.find(key) is None
    assert await store.media_bytes.page() == []
    assert await read(store, await put(store, LARGE)) == LARGE


@pytest.mark.parametrize("size", [len(LARGE) - 1, len(LARGE) + 1, 5])
async def test_content_of_another_size_is_refused(store: Store, size: int) -> None:
    key = digest_of(LARGE)
    with pytest.raises(ValueError, match="bytes"):
        await store.media_bytes.put(key, parts_of(LARGE), size=size)
    assert await store.media_bytes.find(key) is None


async def test_a_cancelled_writer_leaves_nothing(store: Store) -> None:
    key, reached = digest_of(LARGE), asyncio.Event()
    parts = stalling(reached=reached, released=asyncio.Event())
    writing = asyncio.create_task(store.media_bytes.put(key, parts, size=len(LARGE)))
    await reached.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await store.media_bytes.page() == []


async def test_a_slow_writer_shows_nothing_and_another_can_be_faster(store: Store) -> None:
    key, reached, released = digest_of(LARGE), asyncio.Event(), asyncio.Event()
    parts = stalling(reached=reached, released=released)
    slow = asyncio.create_task(store.media_bytes.put(key, parts, size=len(LARGE)))
    await reached.wait()
    assert await store.media_bytes.find(key) is None
    assert await store.media_bytes.page() == []
    await put(store, LARGE)
    assert await read(store, key) == LARGE
    released.set()
    await slow
    assert [found.key for found in await store.media_bytes.page()] == [key]
    assert await read(store, key) == LARGE


async def test_what_a_killed_writer_has_left_is_removed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The killed writer is one that another takes for dead, although it goes on."""
    key, reached, released = digest_of(LARGE), asyncio.Event(), asyncio.Event()
    parts = stalling(reached=reached, released=released)
    killed = asyncio.create_task(store.media_bytes.put(key, parts, size=len(LARGE)))
    await reached.wait()
    for module in (sql_bytes, mongo_bytes):
        monkeypatch.setattr(module, "_ABANDONED", timedelta(seconds=-1))
    other = await put(store, b"another")
    released.set()
    with pytest.raises(Busy):
        await killed
    assert [found.key for found in await store.media_bytes.page()] == [other]
    monkeypatch.undo()
    assert await read(store, await put(store, LARGE)) == LARGE


async def test_pages_are_in_order_of_the_keys(store: Store) -> None:
    digest = digest_of("a")
    keys = [digest, f"{digest}-1600.webp", f"{digest}-400.avif", f"{digest}-400.webp", digest_of("b")]
    for key in keys:
        await put(store, key.encode(), key)
    in_order = sorted(keys)
    assert [each.key for each in await store.media_bytes.page()] == in_order
    assert [each.key for each in await store.media_bytes.page(limit=2)] == in_order[:2]
    rest = await store.media_bytes.page(after=in_order[1], limit=2)
    assert [each.key for each in rest] == in_order[2:4]


@pytest.mark.parametrize("size", [0, 10, len(LARGE)])
async def test_bytes_are_removed_if_they_are_old_enough(store: Store, size: int) -> None:
    key = await put(store, LARGE[:size])
    found = await store.media_bytes.find(key)
    assert found is not None
    assert not await store.media_bytes.remove(key, stored_before=found.stored_at)
    assert await store.media_bytes.find(key) == found
    assert await store.media_bytes.remove(key, stored_before=found.stored_at + timedelta(milliseconds=1))
    assert await store.media_bytes.find(key) is None
    with raises(NotFound, noun="file"):
        await read(store, key)
    assert await store.media_bytes.remove(key, stored_before=now())
    assert await read(store, await put(store, LARGE[:size])) == LARGE[:size]


async def test_a_reader_notices_that_the_bytes_are_removed(store: Store) -> None:
    key = await put(store, LARGE)
    reading = aiter(store.media_bytes.read(key))
    await anext(reading)
    await store.media_bytes.remove(key, stored_before=now() + timedelta(seconds=1))
    with raises(NotFound, noun="file"):
        async for _ in reading:
            pass


async def test_an_upload_can_take_longer_than_a_request_may_wait_for_the_database(store: Store) -> None:
    with deadlines.limited(0):
        key = await put(store, LARGE)
        assert await read(store, key) == LARGE
        assert await store.media_bytes.page()
        assert await store.media_bytes.remove(key, stored_before=now() + timedelta(seconds=1))
