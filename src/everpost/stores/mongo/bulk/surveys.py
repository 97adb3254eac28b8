"""A survey of a blog before it is read: a fingerprint that changes with every write, and batch sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections, Filter

WITHOUT_PREVIEW = {"comments": 0}
"""The projection for reading posts."""
_PRIME = 2**31 - 1
"""Wide enough for sums over billions of documents."""
_MOST_TOGETHER = 1_000
_MOST_BYTES = 2_000_000
"""Of a batch, unless a document alone is larger. The server's own limit is 16 MB, and PyMongo copies a batch
several times.
"""


@dataclass(frozen=True, slots=True)
class Survey:
    """The result for the collections that hold a blog."""

    fingerprint: str
    """The sums of the stamps of all posts and comments, which every change of their contents renews, and of
    the nonces of previews; digests of the smaller collections.
    """
    posts_together: int
    """The number of documents in a batch that never exceeds the limit in bytes."""
    comments_together: int


async def survey(
    collections: Collections, others: Sequence[AsyncCollection[Any]], session: Session
) -> Survey:
    """Survey the blog as this session sees it."""
    posts, posts_together = await _sum(collections.posts, session, [{"$project": WITHOUT_PREVIEW}])
    comments, comments_together = await _sum(collections.comments, session)
    rest: Sequence[AsyncCollection[Any]] = (collections.blog, collections.users, *others)
    digests = [await _digest(each, session) for each in rest]
    return Survey(" ".join([posts, comments, *digests]), posts_together, comments_together)


async def _sum(
    collection: AsyncCollection[Any], session: Session, beginning: Sequence[Filter] = ()
) -> tuple[str, int]:
    """The sum of the stamps, and the number of documents in a batch."""
    total = {
        "_id": None,
        "stamps": {"$sum": {"$mod": ["$stamp", _PRIME]}},
        "nonces": {"$sum": {"$mod": ["$preview_nonce", _PRIME]}},
        "number": {"$sum": 1},
        "largest": {"$max": {"$bsonSize": "$$ROOT"}},
    }
    found = await (await collection.aggregate([*beginning, {"$group": total}], session=session)).to_list()
    if not found:
        return "", 1
    (all_of_them,) = found
    together = max(1, min(_MOST_TOGETHER, _MOST_BYTES // all_of_them["largest"]))
    sums = ":".join(str(all_of_them[name]) for name in ("number", "stamps", "nonces"))
    return sums, together


async def _digest(collection: AsyncCollection[Any], session: Session) -> str:
    digest = sha256()
    async for documents in collection.find_raw_batches({}, session=session).sort("_id", 1):
        digest.update(documents)
    return digest.hexdigest()
