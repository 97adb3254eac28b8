"""What every place for the bytes of media promises."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.errors import NotFound
from everpost.stores.port.media_bytes import MediaBytes
from tests.contract.places import interrupted
from tests.contract.places.contents import PART, content_of, put, read
from tests.contract.refusals import raises

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("size", [0, 1, PART, 2 * PART + 345])
async def test_bytes_are_read_as_they_were_put(place: MediaBytes, size: int) -> None:
    key, data = content_of(1, size)
    before = now()
    await put(place, key, data)
    found = await place.find(key)
    assert found is not None
    assert (found.key, found.size) == (key, size)
    assert before - SECOND <= found.stored_at <= now() + SECOND  # S3 counts in seconds
    assert await read(place, key) == data


async def test_parts_may_have_any_size(place: MediaBytes) -> None:
    key, data = content_of(2, 1_234_567)
    pieces = [data[:1], b"", data[1:70_000], data[70_000:]]

    async def content() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    await place.put(key, content(), size=len(data))
    assert await read(place, key) == data


async def test_a_range_is_read_in_parts_of_at_most_1_mb(place: MediaBytes) -> None:
    size = 2 * PART + 345
    key, data = content_of(3, size)
    await put(place, key, data)
    for start, end in [(0, 1), (0, size), (999_999, 1_000_001), (5, 2 * PART), (size - 1, size)]:
        assert await read(place, key, start, end) == data[start:end], (start, end)
    assert await read(place, key, 1_500_000) == data[1_500_000:]
    assert await read(place, key, size - 5, size + 5) == data[-5:]
    assert await read(place, key, size) == b""
    assert all([len(part) <= PART * 1.05 async for part in place.read(key)])


async def test_a_resized_copy_has_a_key_of_its_own(place: MediaBytes) -> None:
    key, data = content_of(4, 100)
    copy = f"{key}-800.webp"
    await put(place, key, data)
    await put(place, copy, b"")
    assert await read(place, copy) == b""
    assert [(each.key, each.size) for each in await place.page()] == [(key, 100), (copy, 0)]


async def test_missing_bytes(place: MediaBytes) -> None:
    key, _ = content_of(5, 1)
    assert await place.find(key) is None
    with raises(NotFound, "file"):
        await read(place, key)
    with raises(NotFound, "file"):
        await read(place, key, 0, 10)
    assert await place.page() == []
    assert await place.remove(key, stored_before=now() + MINUTE)


async def test_pages_are_sorted_by_key(place: MediaBytes) -> None:
    keys = sorted(f"{content_of(seed, 10)[0]}{end}" for seed in range(6) for end in ("", "-400.avif"))
    for key in reversed(keys):
        await put(place, key, b"0123456789")
    found, after = [], ""
    while page := await place.page(after=after, limit=5):
        assert len(page) <= 5
        found += [each.key for each in page]
        after = found[-1]
    assert found == keys


async def test_putting_bytes_again_renews_their_time(place: MediaBytes) -> None:
    key, data = content_of(6, 10)
    await put(place, key, data)
    first = await place.find(key)
    assert first is not None
    second = first
    while second.stored_at == first.stored_at:
        await put(place, key, data)
        second = await place.find(key) or second
    assert second.stored_at > first.stored_at
    assert not await place.remove(key, stored_before=second.stored_at)
    assert await read(place, key) == data


async def test_bytes_are_removed_only_if_they_were_stored_before(place: MediaBytes) -> None:
    key, data = content_of(8, 10)
    await put(place, key, data)
    assert not await place.remove(key, stored_before=now() - MINUTE)
    assert await read(place, key) == data
    assert await place.remove(key, stored_before=now() + MINUTE)
    assert await place.find(key) is None
    await put(place, key, data)
    assert await read(place, key) == data


async def test_the_same_bytes_put_at_once(place: MediaBytes) -> None:
    key, data = content_of(9, 1_500_000)
    await asyncio.gather(*(put(place, key, data) for _ in range(4)))
    assert await read(place, key) == data
    assert len(await place.page()) == 1


async def test_content_that_breaks_off_leaves_nothing(place: MediaBytes) -> None:
    key, data = content_of(10, 3 * PART)

    async def broken() -> AsyncIterator[bytes]:
        yield data[:PART]
        yield data[PART : 2 * PART]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await place.put(key, broken(), size=len(data))
    assert await place.find(key) is None
    assert await place.page() == []


async def test_a_killed_process_leaves_nothing_to_see(place: MediaBytes, place_url: str) -> None:
    key, data = content_of(interrupted.SEED, interrupted.SIZE)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", interrupted.__name__, place_url, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert await child.stdout.readline() == interrupted.HALF
    assert await place.find(key) is None
    child.kill()
    await child.wait()
    assert await place.find(key) is None
    assert await place.page() == []
    with raises(NotFound, "file"):
        await read(place, key)
    await put(place, key, data)
    assert await read(place, key) == data
