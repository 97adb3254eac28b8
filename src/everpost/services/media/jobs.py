"""The maintenance of uploaded files."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from everpost.services.maintenance.jobs import Job
from everpost.services.media.maintenance import remove_lost_bytes, remove_unused_files
from everpost.stores.port import Store


def cleaning(age: timedelta | None) -> Sequence[Job]:
    """The jobs that remove files which no post has used for so long (None: never), and lost bytes."""

    async def lost(store: Store, moment: datetime) -> int:
        await remove_lost_bytes(store, moment)
        return 0

    async def unused(store: Store, moment: datetime) -> int:
        await remove_unused_files(store, moment, age=age)
        return 0

    return [Job("removing unused files", unused), Job("removing bytes without files", lost)]
