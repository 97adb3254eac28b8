"""Being told to stop."""

import asyncio


def heed_cancellation() -> None:
    """Raise CancelledError where this task was cancelled and went on all the same: before Python 3.12
    `asyncio.wait_for`, through which PyMongo sends, hides half of all cancellations.

    https://github.com/python/cpython/issues/86296
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
