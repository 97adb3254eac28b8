"""One deadline for everything that a request waits for in a store: the connection pool, batches, statements
and their retries.

The time starts with the first wait, so a slow upload does not count. Outside a request, as in a command, each
call of a store has its own deadline.
"""

import asyncio
from contextlib import AbstractContextManager
from contextvars import ContextVar
from types import TracebackType

from everpost.errors import Busy


class _Limit:
    """A context manager for the time, in seconds, that stores may take. From the first wait on, `ends_at` is
    the end of it, in the event loop's time. No limit if both are None.
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
    """All calls of stores inside, by this task and the tasks it starts, share `seconds`."""
    return _Limit(seconds)


def ending(at: float | None) -> AbstractContextManager[None]:
    """All calls of stores inside end at this time of the event loop; if it is None, each call has its own
    deadline. For tasks that work for several requests.
    """
    return _Limit(None, at)


def deadline() -> float | None:
    """The event loop's time at which the request ends; None outside a request."""
    limit = _limit.get()
    if limit.ends_at is None and limit.seconds is not None:
        limit.ends_at = asyncio.get_running_loop().time() + limit.seconds
    return limit.ends_at


def remaining(seconds: float) -> float:
    """The seconds that the request has left; outside a request, `seconds`. Raises Busy if none are left."""
    ends_at = deadline()
    if ends_at is None:
        return seconds
    left = ends_at - asyncio.get_running_loop().time()
    if left <= 0:
        raise Busy
    return left


class timed:  # noqa: N801 - used like a function
    """Raise Busy at the deadline of the request or, outside a request, after `seconds`. `None` sets no limit.

    A class, because a generator costs more than the timeout itself.
    """

    __slots__ = ("_seconds", "_timeout")

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds

    async def __aenter__(self) -> None:
        self._timeout = asyncio.timeout(None if self._seconds is None else remaining(self._seconds))
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError as timeout:
            raise Busy from timeout
        if isinstance(error, TimeoutError):
            raise Busy from error


def latest(deadlines: list[float | None]) -> float | None:
    """The deadline of work for several requests: the latest of theirs; None if one of them has none."""
    ends = [each for each in deadlines if each is not None]
    return max(ends) if ends and len(ends) == len(deadlines) else None
