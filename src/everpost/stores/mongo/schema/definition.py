"""Definitions of migrations and collections, and how a collection differs from its definition."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel
from pymongo.errors import CollectionInvalid

from everpost.stores.mongo.engine.connection import Database
from everpost.stores.schema import Migration


@dataclass(frozen=True, slots=True)
class Collection:
    """The validator and the indexes of a collection. The index `_id_`, which each has, is not listed."""

    validator: Mapping[str, Any]
    indexes: tuple[IndexModel, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """Data that a downgrade deletes if the collection has a document that meets the condition."""

    name: str
    collection: str
    condition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A migration. `up` and `down` can be run again after an interruption.

    `collections` defines all collections as they are after the migration; `seeds` describes, by collection,
    the documents that `up` itself inserts.
    """

    number: int
    title: str
    up: Callable[[Database], Awaitable[None]]
    down: Callable[[Database], Awaitable[None]]
    collections: Mapping[str, Collection]
    seeds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    losses_down: tuple[Loss, ...] = ()

    @property
    def migration(self) -> Migration:
        return Migration(f"{self.number:04}", self.title)


async def establish(database: Database, name: str, collection: Collection) -> None:
    """Create the collection, or give the existing one this validator and these indexes."""
    await validate(database, name, collection.validator)
    if collection.indexes:
        await database[name].create_indexes(list(collection.indexes))


async def validate(database: Database, name: str, validator: Mapping[str, Any]) -> None:
    """Create the collection, or give the existing one this validator."""
    try:
        await database.create_collection(name, validator=validator)
    except CollectionInvalid:
        await database.command("collMod", name, validator=validator)


async def differences_of(database: Database, name: str, collection: Collection) -> Sequence[str]:
    """A sentence for each difference of this collection."""
    found = [each async for each in await database.list_collections(filter={"name": name})]
    if not found:
        return [f"The collection {name} is missing."]
    differences: list[str] = []
    if found[0].get("options", {}).get("validator") != collection.validator:
        differences.append(f"The validator of {name} differs.")
    expected = {index.document["name"]: _traits(index.document) for index in collection.indexes}
    async for index in await database[name].list_indexes():
        if index["name"] == "_id_":
            continue
        wanted = expected.pop(index["name"], None)
        if wanted is None:
            differences.append(f"The index {index['name']} of {name} is not Everpost's.")
        elif wanted != _traits(index):
            differences.append(f"The index {index['name']} of {name} differs.")
    return differences + [f"The index {missing} of {name} is missing." for missing in expected]


def _traits(index: Mapping[str, Any]) -> Sequence[object]:
    """The properties by which indexes are compared."""
    options = ("partialFilterExpression", "expireAfterSeconds")
    flags = ("unique", "sparse")
    return [[*index["key"].items()], *map(index.get, options), *(bool(index.get(each)) for each in flags)]
