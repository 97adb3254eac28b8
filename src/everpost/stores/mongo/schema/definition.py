"""What a migration is, and how a collection gets its validator and its indexes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import IndexModel
from pymongo.errors import CollectionInvalid

from everpost.stores.mongo.engine.connection import Database


@dataclass(frozen=True, slots=True)
class Collection:
    """The validator and the indexes of a collection; every collection has `_id_` besides."""

    validator: Mapping[str, Any]
    indexes: tuple[IndexModel, ...] = ()


@dataclass(frozen=True, slots=True)
class Loss:
    """What would be lost if a collection has a document that meets the condition."""

    name: str
    collection: str
    condition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A migration. `up` and `down` can be run again after an interruption.

    `collections` holds all collections as they are after it; `seeds` says, by collection, which
    documents `up` itself inserts.
    """

    number: int
    title: str
    up: Callable[[Database], Awaitable[None]]
    down: Callable[[Database], Awaitable[None]]
    collections: Mapping[str, Collection]
    seeds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    losses_down: tuple[Loss, ...] = ()

    @property
    def revision(self) -> str:
        return f"{self.number:04}"


async def establish(database: Database, name: str, collection: Collection) -> None:
    """Make the collection, or give the existing one this validator and these indexes."""
    await validate(database, name, collection.validator)
    if collection.indexes:
        await database[name].create_indexes(list(collection.indexes))


async def validate(database: Database, name: str, validator: Mapping[str, Any]) -> None:
    """Make the collection, or give the existing one this validator."""
    try:
        await database.create_collection(name, validator=validator)
    except CollectionInvalid:
        await database.command("collMod", name, validator=validator)
