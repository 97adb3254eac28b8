"""Many writes at a time, where one may take what is unique from a document that is to lose it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from everpost.errors import Busy
from everpost.stores.mongo.collections import Filter
from everpost.stores.mongo.threads import ATTEMPTS

Document = TypeVar("Document", bound=Mapping[str, Any])
Item = TypeVar("Item")
Write = InsertOne[Document] | UpdateOne | ReplaceOne[Document] | DeleteOne
Free = Callable[[Filter], Awaitable[None]]
"""Takes a unique value, by the name of its field, from the document that has it."""

CHUNK = 1_000
_DUPLICATE = 11000


def chunks(items: Sequence[Item], size: int = CHUNK) -> Sequence[Sequence[Item]]:
    """The items, so many at a time."""
    return [items[start : start + size] for start in range(0, len(items), size)]


async def write_all(
    collection: AsyncCollection[Document], writes: Sequence[Write[Document]], free: Free | None = None
) -> int:
    """Do them all, in any order; how many documents the updates met. Whatever is refused because a value
    is taken is tried again when that was freed. Busy: a new document is there already.
    """
    return sum([await _write(collection, some, free) for some in chunks(writes)])


async def _write(
    collection: AsyncCollection[Document], writes: Sequence[Write[Document]], free: Free | None
) -> int:
    matched = 0
    for _ in range(ATTEMPTS):
        try:
            return matched + (await collection.bulk_write(writes, ordered=False)).matched_count
        except BulkWriteError as error:
            errors = error.details["writeErrors"]
            if free is None or not errors or any(each["code"] != _DUPLICATE for each in errors):
                raise
            matched += error.details["nMatched"]
            refused = errors
        for each in refused:
            if "_id" in each["keyPattern"]:
                break
            await free(each["keyValue"])
        else:
            writes = [writes[each["index"]] for each in refused]
            continue
        break
    raise Busy
