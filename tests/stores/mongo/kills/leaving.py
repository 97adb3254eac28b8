"""A process that is killed by SIGKILL while it removes a user.

python -m tests.stores.mongo.kills.leaving URL USER HEIR N: killed right after the server has answered the
N-th write. HEIR is empty if there is no heir.
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
    await asyncio.sleep(5)  # the heir is written into the posts in the background
    await store.close()


if __name__ == "__main__":
    monitoring.register(Executioner(int(sys.argv[4])))
    asyncio.run(leave(sys.argv[1], Id(sys.argv[2]), Id(sys.argv[3]) if sys.argv[3] else None))
