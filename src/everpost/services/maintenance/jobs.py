"""Jobs that hold on one worker of all servers at a time."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from everpost.domain.clock import now
from everpost.domain.rate_limits import Limit
from everpost.errors import EverpostError
from everpost.stores.port import Store

EVERY = timedelta(minutes=5)
"""The time between two runs of the jobs."""
RETRIED_AFTER = timedelta(minutes=1)
LEASE = Limit("maintenance", most=1)
"""The worker that makes the first attempt in a window runs the jobs. If it dies, the window ends after an
hour.
"""
_log = logging.getLogger(__name__)

Batch = Callable[[Store, datetime], Awaitable[int]]
"""Does a bounded part of the work at this time, and returns how much it did; 0: nothing is left."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done in batches until none is left."""

    name: str
    batch: Batch


class Lease:
    """Runs jobs while it has the lease, which is a counter in the store."""

    def __init__(self, store: Store, jobs: Sequence[Job]) -> None:
        self._store = store
        self._jobs = jobs
        self._is_stopping = False

    def stop(self) -> None:
        """End the current run after the batch in progress."""
        self._is_stopping = True

    async def run_jobs(self) -> bool:
        """Run all jobs if the lease is free. Returns whether it was. A failure is logged."""
        try:
            if not self._jobs or not await self._take():
                return False
        except EverpostError:  # the database is away: it is tried again a minute later
            return False
        has_failed = False
        for job in self._jobs:
            has_failed |= not await self._run(job)
        await self._release(RETRIED_AFTER if has_failed or self._is_stopping else EVERY)
        return True

    async def _take(self) -> bool:
        moment = now()
        if await self._store.limits.get(LEASE.key, moment) is not None:  # cheaper than counting
            return False
        (counter,) = await self._store.limits.hit([LEASE], moment)
        return not LEASE.is_exceeded_by(counter)

    async def _release(self, pause: timedelta) -> None:
        """Let the next run begin after this time."""
        try:
            await self._store.limits.start_window(LEASE.key, now() + pause)
        except EverpostError:
            _log.warning("The lease for maintenance could not be returned: it ends within an hour.")

    async def _run(self, job: Job) -> bool:
        """Run a job. Returns whether it succeeded."""
        moment = now()
        try:
            while not self._is_stopping and await job.batch(self._store, moment):
                pass
        except EverpostError as error:
            _log.warning("Maintenance failed, and will be retried: %s: %s", job.name, error.message)
            return False
        except Exception:  # noqa: BLE001 - the other jobs go on
            _log.exception("Maintenance failed, and will be retried: %s", job.name)
            return False
        return True
