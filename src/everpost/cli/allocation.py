"""Memory for commands that handle many records."""

import gc

_ALLOCATED = 50_000
"""Objects made before the collector looks for cycles, instead of 700: records have none."""
_KEPT = 6 * 1024 * 1024
"""Bytes that stay with the process when they are freed."""


def expect_many_records() -> None:
    """Look for cyclic garbage rarely, and keep the memory of one batch for the next.

    After a large block has been freed, glibc keeps twice as much free memory as that block had, instead of
    128 KiB: https://man7.org/linux/man-pages/man3/mallopt.3.html (M_MMAP_THRESHOLD).
    """
    gc.set_threshold(_ALLOCATED, 10, 10)
    bytes(_KEPT // 2)
