"""What a post is written in, and what moves in from elsewhere."""

from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.migrations.definition import (
    DATE,
    ID,
    Collection,
    Definition,
    Loss,
    document,
    establish,
    one_of,
    text,
    validate,
)
from everpost.stores.mongo.migrations.m0002_schema import COLLECTIONS as BEFORE

_OLD_POST = BEFORE["posts"].validator["$jsonSchema"]
_POST = {
    **_OLD_POST,
    "required": [*_OLD_POST["required"], "format"],
    "properties": {**_OLD_POST["properties"], "format": one_of(("markdown", "html"))},
}
_THREAD = document({"_id": ID, "post_id": ID}, {"arriving_since": DATE, "removed_at": DATE})
_TRANSFER = document({"_id": one_of(("transfer",)), "origin": text(1, 64)}, {"digest": text(64, 64)})

COLLECTIONS = {
    **BEFORE,
    "posts": Collection({"$jsonSchema": _POST}, BEFORE["posts"].indexes),
    "threads": Collection({"$jsonSchema": _THREAD}),
    "transfers": Collection({"$jsonSchema": _TRANSFER}),
}
_CHANGED = ("posts", "threads", "transfers")
_LOSSES = (
    Loss("the format of posts in HTML", "posts", {"format": "html"}),
    Loss("that a move into this database has not ended", "transfers", {"digest": {"$exists": False}}),
)


async def up(database: Database) -> None:
    """All posts there are were written in Markdown."""
    await validate(database, "posts", {})
    await database["posts"].update_many({"format": {"$exists": False}}, {"$set": {"format": "markdown"}})
    for name in _CHANGED:
        await establish(database, name, COLLECTIONS[name])


async def down(database: Database) -> None:
    for name in ("posts", "threads"):
        await validate(database, name, {})
    await database["posts"].update_many({"format": {"$exists": True}}, {"$unset": {"format": ""}})
    await database["threads"].update_many(
        {"arriving_since": {"$exists": True}}, {"$unset": {"arriving_since": ""}}
    )
    await database.drop_collection("transfers")
    for name in ("posts", "threads"):
        await establish(database, name, BEFORE[name])


MIGRATION = Definition(
    number=3,
    title="formats and transfers",
    up=up,
    down=down,
    collections=COLLECTIONS,
    losses_down=_LOSSES,
)
