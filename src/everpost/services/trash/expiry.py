"""Emptying the trash."""

from datetime import datetime, timedelta

from everpost.services.maintenance.jobs import Job
from everpost.stores.port import Store

_TOGETHER = 20
"""The number of posts that one batch removes."""


def emptying(lifetime: timedelta) -> Job:
    """The job that removes what has been in the trash for longer than this."""

    async def batch(store: Store, moment: datetime) -> int:
        return await store.trash.remove_posts(moment - lifetime, limit=_TOGETHER)

    return Job("emptying the trash", batch)
