"""What a migration is, and how a collection comes to be as it is to be."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel
from pymongo.errors import CollectionInvalid

from everpost.stores.mongo.connection import Database


@dataclass(frozen=True, slots=True)
class Collection:
    """The validator and the indexes of a collection; every collection has `_id_` besides."""

    validator: Mapping[str, Any]
    indexes: tuple[IndexModel, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost, where a collection has a document that meets the condition."""

    name: str
    collection: str
    condition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A migration. `up` and `down` may be run again where they were broken off.

    `collections` is how all of them are after it.
    """

    number: int
    title: str
    up: Callable[[Database], Awaitable[None]]
    down: Callable[[Database], Awaitable[None]]
    collections: Mapping[str, Collection]
    losses_down: tuple[Loss, ...] = ()

    @property
    def revision(self) -> str:
        return f"{self.number:04}"


async def establish(database: Database, name: str, collection: Collection) -> None:
    """Make the collection, or give the one there is this validator and these indexes."""
    await validate(database, name, collection.validator)
    if collection.indexes:
        await database[name].create_indexes(list(collection.indexes))


async def validate(database: Database, name: str, validator: Mapping[str, Any]) -> None:
    """Make the collection, or give the one there is this validator."""
    try:
        await database.create_collection(name, validator=validator)
    except CollectionInvalid:
        await database.command("collMod", name, validator=validator)


async def drop_others(database: Database, name: str, collection: Collection) -> None:
    """Drop the indexes that the collection is not to have."""
    kept = {"_id_", *(index.document["name"] for index in collection.indexes)}
    for index in await (await database[name].list_indexes()).to_list():
        if index["name"] not in kept:
            await database[name].drop_index(index["name"])


def document(
    required: Mapping[str, object], optional: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The JSON schema of a document with these fields and no others.

    https://www.mongodb.com/docs/manual/reference/operator/query/jsonSchema/
    """
    return {
        "bsonType": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def text(shortest: int, longest: int) -> dict[str, object]:
    """The JSON schema of a string, its length in code points."""
    return {"bsonType": "string", "minLength": shortest, "maxLength": longest}


def array(items: Mapping[str, object]) -> dict[str, object]:
    """The JSON schema of an array."""
    return {"bsonType": "array", "items": items}


def one_of(values: Iterable[str]) -> dict[str, object]:
    """The JSON schema of one of these texts."""
    return {"enum": list(values)}


ID: Mapping[str, object] = {"bsonType": "objectId"}
DATE: Mapping[str, object] = {"bsonType": "date"}
NUMBER: Mapping[str, object] = {"bsonType": ["int", "long"], "minimum": 1}
COUNT: Mapping[str, object] = {"bsonType": ["int", "long"], "minimum": 0}
