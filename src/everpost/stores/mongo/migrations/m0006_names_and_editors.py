"""By what names that look alike are found, and who changed the words of others."""

from collections.abc import Mapping
from typing import Any

from pymongo import ASCENDING, IndexModel, UpdateOne

from everpost.domain.names import name_key
from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.migrations.definition import (
    DATE,
    ID,
    Collection,
    Definition,
    Loss,
    drop_others,
    establish,
    text,
    validate,
)
from everpost.stores.mongo.migrations.m0005_kinds_of_tokens import COLLECTIONS as BEFORE

_EDITOR = {"editor_id": ID, "edited_at": DATE}
_PAGE = 1_000
_NAME_KEYS = IndexModel([("name_key", ASCENDING)], name="by_name_key", sparse=True)


def _with(schema: Any, fields: Mapping[str, object], *, required: bool = False) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The schema of a document that has these fields besides."""
    more = {"required": [*schema["required"], *fields]} if required else {}
    return {**schema, "properties": {**schema["properties"], **fields}, **more}


_OLD_POST = BEFORE["posts"].validator["$jsonSchema"]
_OLD_COMMENTS = _OLD_POST["properties"]["comments"]
_POST = _with(_OLD_POST, {"comments": {**_OLD_COMMENTS, "items": _with(_OLD_COMMENTS["items"], _EDITOR)}})
_SETTLED = _with(BEFORE["comments"].validator["$jsonSchema"], _EDITOR)
_USER, *_OTHERS = BEFORE["users"].validator["$jsonSchema"]["oneOf"]
_USERS = {"oneOf": [_with(_USER, {"name_key": text(64, 64)}, required=True), *_OTHERS]}

COLLECTIONS = {
    **BEFORE,
    "posts": Collection({"$jsonSchema": _POST}, BEFORE["posts"].indexes),
    "comments": Collection({"$jsonSchema": _SETTLED}, BEFORE["comments"].indexes),
    "users": Collection({"$jsonSchema": _USERS}, (*BEFORE["users"].indexes, _NAME_KEYS)),
}
_CHANGED = ("posts", "comments", "users")
_LOSSES = (
    Loss("who changed the words of others", "posts", {"comments.edited_at": {"$exists": True}}),
    Loss("who changed the words of others", "comments", {"edited_at": {"$exists": True}}),
)


async def up(database: Database) -> None:
    await validate(database, "users", {})
    users = database["users"]
    nameless = {"name": {"$exists": True}, "name_key": {"$exists": False}}
    while some := await users.find(nameless, {"name": 1}).limit(_PAGE).to_list():
        await users.bulk_write(
            [UpdateOne({"_id": each["_id"]}, {"$set": {"name_key": name_key(each["name"])}}) for each in some]
        )
    for name in _CHANGED:
        await establish(database, name, COLLECTIONS[name])


async def down(database: Database) -> None:
    for name in _CHANGED:
        await validate(database, name, {})
    existing = {"$exists": True}
    fields = {"editor_id": "", "edited_at": ""}
    nested = {f"comments.$[].{field}": "" for field in fields}
    await database["posts"].update_many({"comments.edited_at": existing}, {"$unset": nested})
    await database["comments"].update_many({"edited_at": existing}, {"$unset": fields})
    await database["users"].update_many({"name_key": existing}, {"$unset": {"name_key": ""}})
    await drop_others(database, "users", BEFORE["users"])
    for name in _CHANGED:
        await establish(database, name, BEFORE[name])


MIGRATION = Definition(
    number=6,
    title="names and editors",
    up=up,
    down=down,
    collections=COLLECTIONS,
    losses_down=_LOSSES,
)
