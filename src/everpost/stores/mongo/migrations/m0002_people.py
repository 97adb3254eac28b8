"""People, drafts and moderation: who wrote what, what is shown, and what waits."""

import secrets
from collections.abc import Mapping
from typing import Any

from everpost.domain.clock import now
from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.migrations import m0001_posts_and_comments as before
from everpost.stores.mongo.migrations.definition import (
    Definition,
    Loss,
    drop_others,
    establish,
    validate,
)
from everpost.stores.mongo.migrations.m0002_schema import COLLECTIONS
from everpost.stores.mongo.migrations.m0002_slugs import give_slugs
from everpost.stores.mongo.migrations.m0002_threads import bring_threads

_ADDED = ("users", "limits", "blog")
_NOT_APPROVED = {"$ne": "approved"}
_LOSSES = (
    Loss("drafts", "posts", {"status": "draft"}),
    Loss("authors of posts", "posts", {"author_id": {"$exists": True}}),
    Loss("comment policies of posts", "posts", {"comment_policy": {"$exists": True}}),
    Loss("comments that are not approved", "posts", {"comments": {"$elemMatch": {"status": _NOT_APPROVED}}}),
    Loss("comments that are not approved", "comments", {"status": _NOT_APPROVED}),
    Loss("names of guests", "posts", {"comments.guest_name": {"$exists": True}}),
    Loss("names of guests", "comments", {"guest_name": {"$exists": True}}),
    Loss("users", "users", {"removed_at": {"$exists": False}}),
    Loss("tokens", "users", {"tokens.id": {"$exists": True}}),
    Loss("settings of the blog", "blog", {"version": {"$gt": 1}}),
)

_OLD_WORDS = ("id", "mark", "content", "publication_date", "updated_at", "version", "parent_id")
_NEW_WORDS = ("depth", "status", "reply_count", "shown", "author_id", "guest_name", "key_digest")


async def up(database: Database) -> None:
    """Each post is brought over by one write, which gives it its `status`; who comes back after this was
    broken off goes on with those that have none.
    """
    for name in ("posts", "comments"):
        await validate(database, name, {})
    for name, collection in COLLECTIONS.items():
        if collection.indexes:
            await database[name].create_indexes(list(collection.indexes))
    await give_slugs(database)
    await bring_threads(database)
    settings = {
        "comment_policy": "moderated",
        "address_key": secrets.token_bytes(32),
        "version": 1,
        "updated_at": now(),
    }
    await database["blog"].update_one({"_id": "blog"}, {"$setOnInsert": settings}, upsert=True)
    for name, collection in COLLECTIONS.items():
        await establish(database, name, collection)
        await drop_others(database, name, collection)


async def down(database: Database) -> None:
    """What the older Everpost would show to everybody though it was hidden goes."""
    for name in ("posts", "comments"):
        await validate(database, name, {})
    await database["posts"].delete_many({"status": "draft"})
    approved = {"$filter": {"input": "$comments", "cond": {"$eq": ["$$this.status", "approved"]}}}
    old: Mapping[str, Any] = {field: f"$$this.{field}" for field in _OLD_WORDS}
    await database["posts"].update_many(
        {"status": {"$exists": True}},
        [
            {"$set": {"comments": {"$map": {"input": approved, "in": old}}}},
            {"$unset": ["status", "author_id", "comment_policy"]},
        ],
    )
    await database["comments"].delete_many({"status": {"$exists": True, **_NOT_APPROVED}})
    await database["comments"].update_many(
        {"status": {"$exists": True}}, {"$unset": dict.fromkeys(_NEW_WORDS, "")}
    )
    for name in _ADDED:
        await database.drop_collection(name)
    for name, collection in before.COLLECTIONS.items():
        await establish(database, name, collection)
        await drop_others(database, name, collection)


MIGRATION = Definition(
    number=2,
    title="people, drafts and moderation",
    up=up,
    down=down,
    collections=COLLECTIONS,
    losses_down=_LOSSES,
)
