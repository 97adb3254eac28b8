"""Measures how the cost of untrusted input grows with its size."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

Input = TypeVar("Input")

GROWTH = 4
"""How many times as large the large input is."""
_MARGIN = 2.2
"""Linear growth measures 4 and quadratic growth 16, less what does not grow; anything above 8.8 fails."""
_MEASURABLE = 0.004
"""Seconds of CPU time; a cheaper input says nothing about growth."""
_ATTEMPTS = 6


def assert_cost_grows_no_faster_than_size(
    make: Callable[[int], Input], run: Callable[[Input], object], *, size: int = 1_000, most: int = 1_000_000
) -> None:
    """Compare the CPU time of `run` for an input of one size and for one four times as large.

    `make` returns an input of about this many parts. The size is doubled until its cost can be measured; an
    input that stays cheap up to `most` passes. Both sizes are run in turn, and the quickest run of each
    counts: a busy machine makes runs slower, never quicker.
    """
    while (cheapest := _cost(run, small := make(size))) < _MEASURABLE:
        if size >= most:
            return
        size *= 2
    large = make(size * GROWTH)
    dearest = float("inf")
    for _ in range(_ATTEMPTS):
        dearest = min(dearest, _cost(run, large))
        if dearest <= GROWTH * _MARGIN * cheapest:
            return
        cheapest = max(_MEASURABLE / 2, min(cheapest, _cost(run, small)))
    raise AssertionError(
        f"{GROWTH} times the size costs {dearest / cheapest:.0f} times the CPU time:"
        f" {cheapest:.3f} s at {size:,}, {dearest:.3f} s at {size * GROWTH:,}"
    )


def _cost(run: Callable[[Input], object], value: Input) -> float:
    """Seconds of CPU time, of all threads."""
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        start = time.process_time()
        run(value)
        return time.process_time() - start
    finally:
        if is_collecting:
            gc.enable()
