"""By what a post is told from one that had its id before."""

from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.migrations.definition import ID, Collection, Definition, validate
from everpost.stores.mongo.migrations.m0003_formats_and_transfers import COLLECTIONS as BEFORE

_OLD_POST = BEFORE["posts"].validator["$jsonSchema"]
_POST = {**_OLD_POST, "properties": {**_OLD_POST["properties"], "mark": ID}}

COLLECTIONS = {**BEFORE, "posts": Collection({"$jsonSchema": _POST}, BEFORE["posts"].indexes)}


async def up(database: Database) -> None:
    """The posts there are get none: no other had their ids, that anybody remembers."""
    await validate(database, "posts", COLLECTIONS["posts"].validator)


async def down(database: Database) -> None:
    await validate(database, "posts", {})
    await database["posts"].update_many({"mark": {"$exists": True}}, {"$unset": {"mark": ""}})
    await validate(database, "posts", BEFORE["posts"].validator)


MIGRATION = Definition(number=4, title="marks", up=up, down=down, collections=COLLECTIONS)
