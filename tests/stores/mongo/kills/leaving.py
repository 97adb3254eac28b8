"""A process that removes a user and dies by SIGKILL in the middle of it.

python -m tests.stores.mongo.kills.leaving URL USER HEIR N: killed right after the N-th write that the server
answered. Without an heir: HEIR is empty.
"""

import asyncio
import sys

from pymongo import monitoring

from everpost.domain.ids import Id
from everpost.stores.mongo.store import MongoStore
from tests.stores.mongo.kills.dying import Executioner


async def leave(url: str, user_id: Id, heir_id: Id | None) -> None:
    store = await MongoStore.open(url, timeout=30, pool_size=2)
    await store.users.remove(user_id, heir_id=heir_id, match=None)
    await asyncio.sleep(5)  # the posts are handed over in the background
    await store.close()


if __name__ == "__main__":
    monitoring.register(Executioner(int(sys.argv[4])))
    asyncio.run(leave(sys.argv[1], Id(sys.argv[2]), Id(sys.argv[3]) if sys.argv[3] else None))
