"""`make fuzz`: the time that each test has to draw examples."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from math import inf
from time import monotonic

import pytest
from hypothesis.errors import UnsatisfiedAssumption

from tests.volume import FUZZ

SECONDS = 60
"""About 80 tests share three processes, so all of them take at most half an hour."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Limit the time of each test in `make fuzz`."""
    with limited(item, SECONDS if FUZZ else inf):
        yield


class TimeLimit:
    """After this many seconds, further examples pass without being run. Once one has failed, all are run, so
    that the failure can be reproduced and reduced.
    """

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self._has_failed = False

    @property
    def is_over(self) -> bool:
        return not self._has_failed and monotonic() > self._end

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Notice whether an example fails."""
        try:
            yield
        except UnsatisfiedAssumption:
            raise
        except Exception:
            self._has_failed = True
            raise

    def applied_to(self, test: Callable[..., object]) -> Callable[..., object]:
        """The test of one example, within this limit."""

        @wraps(test)
        def run(*values: object, **named: object) -> object:
            if self.is_over:
                return None
            with self.watch():
                return test(*values, **named)

        return run

    def applied_to_async(self, test: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        """The same for a coroutine function."""

        @wraps(test)
        async def run(*values: object, **named: object) -> None:
            if not self.is_over:
                with self.watch():
                    await test(*values, **named)

        return run


@contextmanager
def limited(item: pytest.Item, seconds: float) -> Iterator[None]:
    """Limit the time of a test, if Hypothesis draws its examples."""
    handle = getattr(getattr(item, "obj", None), "hypothesis", None)
    if handle is None:
        yield
        return
    limit, test = TimeLimit(seconds), handle.inner_test
    handle.inner_test = (limit.applied_to_async if iscoroutinefunction(test) else limit.applied_to)(test)
    try:
        yield
    finally:
        handle.inner_test = test
