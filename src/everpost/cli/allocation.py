"""Memory for commands that handle many records."""

import gc

_ALLOCATED = 50_000
"""Objects that are made before the collector looks for cycles, instead of 700: records have none."""
_KEPT = 16 * 1024 * 1024
"""Bytes that stay with the process when they are freed."""


def expect_many_records() -> None:
    """Spare the work that takes a third of the time of a move: looking for garbage that is not there, and
    fetching memory from the system again that was given back to it after the batch before.

    glibc keeps twice as much free memory as the largest block that it has unmapped:
    https://man7.org/linux/man-pages/man3/mallopt.3.html (M_MMAP_THRESHOLD).
    """
    gc.set_threshold(_ALLOCATED, 10, 10)
    bytes(_KEPT // 2)
