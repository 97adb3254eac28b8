"""Verification of the previews of threads."""

from collections.abc import Sequence
from typing import Any

from pymongo.asynchronous.command_cursor import AsyncCommandCursor

from everpost.domain.posts import COMMENTS_INSIDE
from everpost.stores.mongo.engine.connection import Client, Database
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import COMMENTS, POSTS, Filter
from everpost.stores.mongo.model.documents import LIVING

_OLDEST: Sequence[Filter] = [
    {"$match": {"shown": True}},
    {"$sort": {"publication_date": 1, "_id": 1}},
    {"$limit": COMMENTS_INSIDE},
]
_APPROVED: Sequence[Filter] = [{"$match": {"status": "approved"}}, {"$count": "number"}]
_OF_POST = {"from": COMMENTS, "localField": "_id", "foreignField": "post_id"}
_COMPARED: Sequence[Filter] = [
    {"$lookup": {**_OF_POST, "pipeline": _OLDEST, "as": "oldest"}},
    {"$lookup": {**_OF_POST, "pipeline": _APPROVED, "as": "approved"}},
    {"$set": {"approved": {"$ifNull": [{"$first": "$approved.number"}, 0]}}},
    {
        "$match": {
            "$expr": {
                "$or": [
                    {"$ne": ["$comments", "$oldest"]},
                    {"$ne": ["$comment_count", "$approved"]},
                ]
            }
        }
    },
    {"$project": {"comments": 1, "oldest": 1, "comment_count": 1, "approved": 1}},
]


async def false_previews(client: Client, database: Database) -> Sequence[str]:
    """A sentence for each post whose preview or number of comments differs from its comments. Each such post
    is read again, in a snapshot, in case it was written meanwhile.
    """
    found = [post["_id"] for post in await _differing(database, dict(LIVING), None)]
    false: list[str] = []
    for post_id in found:
        async with client.start_session(snapshot=True) as session:
            for post in await _differing(database, {"_id": post_id, **LIVING}, session):
                false += _difference(post)
    return false


async def _differing(database: Database, which: Filter, session: Session | None) -> Sequence[Any]:
    cursor: AsyncCommandCursor[Any] = await database[POSTS].aggregate(
        [{"$match": which}, *_COMPARED], session=session
    )
    return await cursor.to_list()


def _difference(post: Any) -> Sequence[str]:  # noqa: ANN401 - a document
    """The sentence for a post, if it differs: MongoDB's comparison also depends on the order of fields, which
    does not matter.
    """
    if post["comments"] != post["oldest"]:
        return [f"The preview of the thread in post {post['_id']} differs from its comments."]
    if post["comment_count"] != post["approved"]:
        return [f"The number of comments in post {post['_id']} differs from its comments."]
    return []
