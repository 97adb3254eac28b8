"""Memory for commands that handle many records."""

import gc

_ALLOCATED = 500_000
"""Allocations before a garbage collection, instead of 700: records contain no cycles."""
_KEPT = 6 * 1024 * 1024
"""Bytes of freed memory that the process keeps."""


def expect_many_records() -> None:
    """Collect garbage rarely, and keep the memory of one batch for the next.

    After a large block has been freed, glibc keeps free memory of twice its size, instead of 128 KiB:
    https://man7.org/linux/man-pages/man3/mallopt.3.html (M_MMAP_THRESHOLD).
    """
    gc.set_threshold(_ALLOCATED, 10, 10)
    bytes(_KEPT // 2)
