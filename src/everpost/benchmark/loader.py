"""Loading a blog into a database."""

from collections.abc import Callable, Iterable
from itertools import islice

from everpost.benchmark.cancellation import raise_lost_cancellation
from everpost.domain.records import Batch, Record
from everpost.stores import open_store

_BATCH = 1_024
"""Records in a transaction."""


async def load(
    url: str, records: Iterable[Record], *, timeout: float, loaded: Callable[[int], None] = lambda _: None
) -> None:
    """Write the records, in order, to the empty database at the URL. Calls `loaded` after each batch with the
    number of records written so far.
    """
    store = await open_store(url, timeout=timeout, pool_size=1)
    try:
        waiting, done = iter(records), 0
        while batch := list(islice(waiting, _BATCH)):
            await store.records.write(Batch(kept=batch))
            raise_lost_cancellation()
            done += len(batch)
            loaded(done)
    finally:
        await store.close()
