"""The background task of a worker."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Self

from everpost.domain.clock import now
from everpost.errors import EverpostError
from everpost.services.maintenance.jobs import Job, Lease
from everpost.stores.port import Store

INTERVAL = 60
"""Seconds."""
PATIENCE = 2
"""Seconds to wait for work in progress when the server stops, before it is cancelled."""


class MaintenanceTask:
    """Every minute, deletes expired counters of rate limits, so that no hash of an address outlives its hour;
    and runs the jobs, unless another worker, on this or another server, has the lease for them.
    """

    def __init__(self, store: Store, jobs: Sequence[Job]) -> None:
        self._store = store
        self._lease = Lease(store, jobs)
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, store: Store, jobs: Sequence[Job] = ()) -> Self:
        """Delete the expired counters now, and start the task."""
        maintenance = cls(store, jobs)
        await maintenance._delete_expired()
        maintenance._task = asyncio.create_task(maintenance._run(), name="everpost-maintenance")
        return maintenance

    async def stop(self) -> None:
        """Stop. A job that takes long is cancelled, and continued by the next worker that has the lease."""
        self._stopping.set()
        self._lease.stop()
        if self._task is not None:
            _, running = await asyncio.wait([self._task], timeout=PATIENCE)
            for task in running:
                task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), INTERVAL)
            except TimeoutError:
                await self._delete_expired()
                await self._lease.run_jobs()

    async def _delete_expired(self) -> None:
        with suppress(EverpostError):  # it is tried again a minute later
            await self._store.limits.delete_expired(now())
