"""One deadline for everything that a request waits for in a store: its pool, its batches, its statements
and their retries.

The clock starts at the first wait, so a slow upload does not count. Outside a request, as in a command, each
call of a store has a deadline of its own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from contextvars import ContextVar

from everpost.errors import Busy


class _Limit:
    """How many seconds the stores may take and, from the first wait on, the loop's time at which they are
    over; None and None: no limit. Applies inside a `with`.
    """

    __slots__ = ("_token", "ends_at", "seconds")

    def __init__(self, seconds: float | None, ends_at: float | None = None) -> None:
        self.seconds = seconds
        self.ends_at = ends_at

    def __enter__(self) -> None:
        self._token = _limit.set(self)

    def __exit__(self, *_error: object) -> None:
        _limit.reset(self._token)


_limit: ContextVar[_Limit] = ContextVar("everpost_deadline", default=_Limit(None))  # noqa: B039 - it never changes


def limited(seconds: float) -> AbstractContextManager[None]:
    """All calls of stores inside, by this task and by those it starts, share `seconds`."""
    return _Limit(seconds)


def ending(at: float | None) -> AbstractContextManager[None]:
    """All calls of stores inside end at this time of the loop; None: each call has its own deadline. For
    tasks that work for several requests.
    """
    return _Limit(None, at)


def deadline() -> float | None:
    """The loop's time at which the request ends; None outside one."""
    limit = _limit.get()
    if limit.ends_at is None and limit.seconds is not None:
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
    """When work for several requests ends: at their latest deadline; None if one of them has none."""
    ends = [each for each in deadlines if each is not None]
    return max(ends) if ends and len(ends) == len(deadlines) else None
