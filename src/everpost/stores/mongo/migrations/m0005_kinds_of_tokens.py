"""Tokens of logins, told from those that were made by name."""

from everpost.stores.mongo.connection import Database
from everpost.stores.mongo.migrations.definition import ID, Collection, Definition, array, one_of, validate
from everpost.stores.mongo.migrations.m0004_marks import COLLECTIONS as BEFORE

_OLD_USER, _REMOVED_USER = BEFORE["users"].validator["$jsonSchema"]["oneOf"]
_OLD_TOKEN = _OLD_USER["properties"]["tokens"]["items"]
_KIND = one_of(("login", "named", "first"))
_TOKEN = {
    **_OLD_TOKEN,
    "required": [*_OLD_TOKEN["required"], "kind"],
    "properties": {**_OLD_TOKEN["properties"], "kind": _KIND, "login_id": ID},
}
_USER = {**_OLD_USER, "properties": {**_OLD_USER["properties"], "tokens": array(_TOKEN)}}

COLLECTIONS = {
    **BEFORE,
    "users": Collection({"$jsonSchema": {"oneOf": [_USER, _REMOVED_USER]}}, BEFORE["users"].indexes),
}
_HAS_TOKENS = {"tokens.id": {"$exists": True}}


async def up(database: Database) -> None:
    """A token of a login was told by its name and its end, that of the first start by its owner's id. The
    tokens of disabled users end: they would work again once the user is enabled.
    """
    users = database["users"]
    await validate(database, "users", {})
    await users.update_many({**_HAS_TOKENS, "disabled_at": {"$exists": True}}, {"$set": {"tokens": []}})
    expires = {"$ne": [{"$type": "$$this.expires_at"}, "missing"]}
    branches = [
        {"case": {"$ne": [{"$type": "$$this.kind"}, "missing"]}, "then": "$$this.kind"},
        {"case": {"$eq": ["$$this.id", "$_id"]}, "then": "first"},
        {"case": {"$and": [{"$eq": ["$$this.name", "Login"]}, expires]}, "then": "login"},
    ]
    kind = {"$switch": {"branches": branches, "default": "named"}}
    told = {"$map": {"input": "$tokens", "in": {"$mergeObjects": ["$$this", {"kind": kind}]}}}
    await users.update_many(_HAS_TOKENS, [{"$set": {"tokens": told}}])
    await validate(database, "users", COLLECTIONS["users"].validator)


async def down(database: Database) -> None:
    await validate(database, "users", {})
    change = {"$unset": {"tokens.$[].kind": "", "tokens.$[].login_id": ""}}
    await database["users"].update_many(_HAS_TOKENS, change)
    await validate(database, "users", BEFORE["users"].validator)


MIGRATION = Definition(number=5, title="kinds of tokens", up=up, down=down, collections=COLLECTIONS)
