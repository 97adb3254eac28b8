"""Cancellation."""

import asyncio


def raise_lost_cancellation() -> None:
    """Raise CancelledError if this task was cancelled, but the cancellation was lost. Before Python 3.12,
    `asyncio.wait_for`, which PyMongo uses to send, loses half of all cancellations.

    https://github.com/python/cpython/issues/86296
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
