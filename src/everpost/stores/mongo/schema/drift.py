"""Where a database differs from the schema that its revision stands for."""

from collections.abc import Mapping, Sequence
from typing import Any

from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.schema.definition import Collection


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


def _traits(index: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties by which indexes are compared."""
    return {
        "key": list(index["key"].items()),
        "unique": bool(index.get("unique", False)),
        "sparse": bool(index.get("sparse", False)),
        "partialFilterExpression": index.get("partialFilterExpression"),
        "expireAfterSeconds": index.get("expireAfterSeconds"),
    }
