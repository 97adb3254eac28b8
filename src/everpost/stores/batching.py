"""Batching of the queries of concurrent tasks, as a DataLoader does, and locks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from contextvars import Context
from functools import partial
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from everpost.errors import Busy
from everpost.stores import deadlines

Key = TypeVar("Key", bound=Hashable)
Query = TypeVar("Query")
Result = TypeVar("Result")


_SWEEP_EVERY = 0.1
"""Seconds."""


class _Call(NamedTuple, Generic[Query, Result]):
    query: Query
    result: asyncio.Future[Result]
    deadline: float | None


class Batcher(Generic[Query, Result]):
    """Batches queries: those that arrive while a batch is running form the next one, up to a limit. Queries
    share a round trip, and each sees the state of the database after it was called. A batch ends at the
    latest deadline of its callers; each caller waits until about its own.
    """

    def __init__(
        self,
        load: Callable[[Sequence[Query]], Awaitable[Sequence[Result]]],
        *,
        most: int,
        when_idle: Callable[[], object] = lambda: None,
    ) -> None:
        """`when_idle` is called when no batch is running any more and no query is waiting."""
        self._load = load
        self._most = most
        self._when_idle = when_idle
        self._waiting: list[_Call[Query, Result]] = []
        self._running: Sequence[_Call[Query, Result]] = ()
        self._work: asyncio.Task[None] | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        """Whether no batch is running and no query is waiting."""
        return self._work is None

    async def load(self, query: Query) -> Result:
        """Return the result of the query. Raises the error of its batch; Busy at the caller's deadline."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._waiting.append(_Call(query, future, deadlines.deadline()))
        if self._work is None:
            # In a context of its own: a driver may store the first caller's deadline in the caller's context.
            self._work = loop.create_task(self._run_batches(), context=Context())
        if self._sweeping is None:
            self._sweeping = loop.call_later(_SWEEP_EVERY, self._sweep)
        return await future

    async def finish(self) -> None:
        """Return when no batch is running any more."""
        if self._work is not None:
            await asyncio.wait([self._work])

    async def _run_batches(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # lets other tasks that are ready join this batch
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._run_batch([call for call in batch if not call.result.done()])
        finally:
            self._work = None
            for call in self._waiting:
                call.result.cancel()
            self._waiting.clear()
            self._when_idle()

    async def _run_batch(self, batch: Sequence[_Call[Query, Result]]) -> None:
        self._running = batch
        try:
            with deadlines.ending(deadlines.latest([call.deadline for call in batch])):
                results = await self._load([call.query for call in batch]) if batch else ()
        except BaseException as error:
            for call in batch:
                if not call.result.done():
                    call.result.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for call, result in zip(batch, results, strict=True):
                if not call.result.done():
                    call.result.set_result(result)

    def _sweep(self) -> None:
        """Fail the callers whose deadline has passed. One timer serves all of them, because timers have a
        cost.
        """
        loop = asyncio.get_running_loop()
        is_working, now = self._work is not None, loop.time()
        self._sweeping = loop.call_later(_SWEEP_EVERY, self._sweep) if is_working else None
        for call in (*self._running, *self._waiting) if is_working else ():
            if call.deadline is not None and call.deadline <= now and not call.result.done():
                call.result.set_exception(Busy())


class KeyedBatcher(Generic[Key, Query, Result]):
    """A batcher for each key: queries with different keys do not wait for each other."""

    def __init__(self, load: Callable[[Sequence[Query]], Awaitable[Sequence[Result]]], *, most: int) -> None:
        self._load = load
        self._most = most
        self._batchers: dict[Key, Batcher[Query, Result]] = {}

    def __len__(self) -> int:
        """The number of keys with a running batch."""
        return len(self._batchers)

    async def load(self, key: Key, query: Query) -> Result:
        """As for `Batcher`."""
        batcher = self._batchers.get(key)
        if batcher is None:
            forget = partial(self._batchers.pop, key)
            batcher = self._batchers[key] = Batcher(self._load, most=self._most, when_idle=forget)
        return await batcher.load(query)

    async def finish(self) -> None:
        """Return when no batch is running any more."""
        await asyncio.gather(*(batcher.finish() for batcher in list(self._batchers.values())))


class KeyedLocks(Generic[Key]):
    """A lock for each key, which tasks acquire in the order of their requests."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, key: Key) -> AsyncIterator[None]:
        """Hold the lock. Raises Busy at the deadline of the request."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout_at(deadlines.deadline()):
                await lock.acquire()
        except TimeoutError as error:
            raise Busy from error
        try:
            yield
        finally:
            lock.release()
