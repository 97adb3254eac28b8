"""One deadline for everything that a request waits for in a store: its pool, its batches, its statements
and their retries.

The clock starts at the first wait, so a slow upload takes nothing from it. Outside a request, as in a
command, each call of a store has a deadline of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

from everpost.errors import Busy


class _Limit:
    """The seconds that a request may wait and, once it has waited, the loop's time at which they are over."""

    __slots__ = ("ends_at", "seconds")

    def __init__(self, seconds: float, ends_at: float | None = None) -> None:
        self.seconds = seconds
        self.ends_at = ends_at


_limit: ContextVar[_Limit | None] = ContextVar("everpost_deadline", default=None)


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """All that is asked of stores inside, by this task and by those it starts, shares `seconds`."""
    token = _limit.set(_Limit(seconds))
    try:
        yield
    finally:
        _limit.reset(token)


@contextmanager
def ending(at: float | None) -> Iterator[None]:
    """All that is asked of stores inside ends at this time of the loop; None: each call has its own deadline.

    For tasks that work for several requests.
    """
    token = _limit.set(None if at is None else _Limit(0, at))
    try:
        yield
    finally:
        _limit.reset(token)


def deadline() -> float | None:
    """The loop's time at which the request ends; None outside one."""
    limit = _limit.get()
    if limit is None:
        return None
    if limit.ends_at is None:
        limit.ends_at = asyncio.get_running_loop().time() + limit.seconds
    return limit.ends_at


def remaining(seconds: float) -> float:
    """The seconds that the request has left; outside one, `seconds`. Busy: none are left."""
    ends_at = deadline()
    if ends_at is None:
        return seconds
    left = ends_at - asyncio.get_running_loop().time()
    if left <= 0:
        raise Busy
    return left


@asynccontextmanager
async def timed(seconds: float | None) -> AsyncIterator[None]:
    """Raises Busy at the deadline of the request; outside one, after `seconds`. None: never."""
    try:
        async with asyncio.timeout(None if seconds is None else remaining(seconds)):
            yield
    except TimeoutError as error:
        raise Busy from error


def latest(deadlines: list[float | None]) -> float | None:
    """When work for several requests ends: at their last deadline; None where one has none."""
    ends = [each for each in deadlines if each is not None]
    return max(ends) if ends and len(ends) == len(deadlines) else None
