"""A process that stores half of a file and waits to be killed."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

from everpost.stores.places import open_place
from tests.contract.places.contents import PART, content_of

SIZE = 4 * PART
SEED = 7
HALF = b"half\n"


async def _half(data: bytes) -> AsyncIterator[bytes]:
    yield data[:PART]
    yield data[PART : 2 * PART]
    os.write(sys.stdout.fileno(), HALF)  # the place has taken the first two parts
    await asyncio.Event().wait()


async def _store_half(url: str) -> None:
    key, data = content_of(SEED, SIZE)
    place = await open_place(url, timeout=30)
    await place.put(key, _half(data), size=SIZE)


if __name__ == "__main__":
    asyncio.run(_store_half(sys.argv[1]))
