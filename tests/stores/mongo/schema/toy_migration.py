"""A made-up second migration: posts have a mood, which is initially calm.

python -m tests.stores.mongo.schema.toy_migration URL TARGET: migrates, and is killed halfway.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from pymongo import ASCENDING, IndexModel

from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.schema.definition import Collection, Definition, Loss, establish, validate
from everpost.stores.mongo.schema.migrator import HISTORY, MongoSchema
from tests.stores.mongo.blog import TIMEOUT

INITIAL = HISTORY[0]
_POSTS = INITIAL.collections["posts"]
_POST, *_OTHERS = _POSTS.validator["$jsonSchema"]["oneOf"]
_MOODY_POST = {**_POST, "properties": {**_POST["properties"], "mood": {"bsonType": "string"}}}
_MOODY = Collection(
    {"$jsonSchema": {"oneOf": [_MOODY_POST, *_OTHERS]}},
    (*_POSTS.indexes, IndexModel([("mood", ASCENDING)], name="by_mood")),
)


def toy_history(*, is_fatal: bool = False) -> Sequence[Definition]:
    """Everpost's own migrations and this one; if `fatal`, it kills the process halfway."""

    def reach_the_middle() -> None:
        if is_fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    async def up(database: Database) -> None:
        await validate(database, "posts", {})
        reach_the_middle()
        await database["posts"].update_many({"mood": {"$exists": False}}, {"$set": {"mood": "calm"}})
        await establish(database, "posts", _MOODY)

    async def down(database: Database) -> None:
        await validate(database, "posts", {})
        await database["posts"].update_many({}, {"$unset": {"mood": ""}})
        reach_the_middle()
        await database["posts"].drop_index("by_mood")
        await validate(database, "posts", _POSTS.validator)

    toy = Definition(
        number=2,
        title="moods",
        up=up,
        down=down,
        collections={**INITIAL.collections, "posts": _MOODY},
        losses_down=(Loss("moods", "posts", {"mood": {"$exists": True, "$ne": "calm"}}),),
    )
    return (INITIAL, toy)


async def migrate(url: str, target: str) -> None:
    schema = MongoSchema.at(url, timeout=TIMEOUT, history=toy_history(is_fatal=True))
    await schema.migrate(target)


if __name__ == "__main__":
    asyncio.run(migrate(*sys.argv[1:]))
