"""Opening and closing the store of an application."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context

from everpost.services.accounts.bootstrap import keep_given_token
from everpost.services.maintenance.jobs import Job
from everpost.services.maintenance.task import MaintenanceTask
from everpost.services.posts import observe_latest_write
from everpost.stores.port import Store


class StoreLifecycle:
    """Opens the store lazily, once; concurrent callers await the same task."""

    def __init__(
        self,
        open_store: Callable[[], Awaitable[Store]],
        *,
        admin_token: str | None,
        jobs: Sequence[Job] = (),
    ) -> None:
        """`admin_token`: the secret of a token for the oldest admin, see `keep_given_token`. `jobs`: the
        maintenance of the store.
        """
        self._open_store = open_store
        self._admin_token = admin_token
        self._jobs = jobs
        self._opening: asyncio.Task[Store] | None = None
        self._store: Store | None = None
        self._maintenance: MaintenanceTask | None = None

    async def store(self) -> Store:
        """Return the open store. If opening fails, with Misconfigured, Unreachable or SchemaMismatch, the
        next call tries again.
        """
        if self._store is not None:
            return self._store
        if self._opening is None:  # in a context of its own: a request's deadline does not apply to opening
            self._opening = asyncio.create_task(self._open(), context=Context())
        return await asyncio.shield(self._opening)

    async def close(self) -> None:
        """Close the store; the next use opens it again."""
        store, self._store = self._store, None
        if self._maintenance is not None:
            await self._maintenance.stop()
        if store is not None:
            await store.close()

    async def _open(self) -> Store:
        try:
            store = await self._open_store()
            try:
                if self._admin_token is not None:
                    await keep_given_token(store, self._admin_token)
                await observe_latest_write(store)
                self._maintenance = await MaintenanceTask.start(store, self._jobs)
            except BaseException:
                await store.close()
                raise
            self._store = store
            return store
        finally:
            self._opening = None
