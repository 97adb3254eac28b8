"""Emptying the trash."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from everpost.services.maintenance.jobs import Job
from everpost.stores.port import Store

_POSTS_AT_ONCE = 20
_COMMENTS_AT_ONCE = 500


def emptying(lifetime: timedelta) -> Sequence[Job]:
    """The jobs that remove what has been in the trash for longer than this."""

    async def posts(store: Store, moment: datetime) -> int:
        return await store.trash.remove_posts(moment - lifetime, limit=_POSTS_AT_ONCE)

    async def comments(store: Store, moment: datetime) -> int:
        return await store.trash.remove_comments(moment - lifetime, limit=_COMMENTS_AT_ONCE)

    return [Job("removing deleted posts", posts), Job("forgetting deleted comments", comments)]
