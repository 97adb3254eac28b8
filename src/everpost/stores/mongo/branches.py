"""The first replies to many comments of one thread at once."""

from collections.abc import Mapping, Sequence

from bson import ObjectId

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.errors import Busy
from everpost.stores.mongo.collections import COMMENTS, Collections, Filter
from everpost.stores.mongo.documents import (
    CommentEntry,
    PostDocument,
    SettledComment,
    read_comment,
    read_settled,
)
from everpost.stores.mongo.threads import ATTEMPTS, STATE, Threads, suffices, visible


class Branches:
    """Reads the nested part with the post, and asks for the settled part only where there may be one."""

    def __init__(self, collections: Collections, threads: Threads) -> None:
        self._collections = collections
        self._threads = threads

    async def first(self, post_id: Id, parent_ids: Sequence[Id], limit: int) -> Mapping[Id, Page[Comment]]:
        """The first page of the shown replies to each."""
        names = [ObjectId(each) for each in dict.fromkeys(parent_ids)]
        projection = STATE | {"comments": _replies_to(names)}
        post = await self._collections.posts.find_one({"_id": ObjectId(post_id)}, projection)
        if post is None:
            return {each: Page((), has_more=False) for each in parent_ids}
        for _ in range(ATTEMPTS):
            replies = _nested_replies(post, names, limit + 1)
            deeper = [name for name in names if not suffices(post, replies[name], limit + 1)]
            settled = await self._settled(post, deeper, limit + 1)
            latest = await self._threads.latest(post, projection) if deeper else None
            if latest is None:
                return {Id(str(name)): _page(post, replies[name], settled, name, limit) for name in names}
            post = latest
        raise Busy

    async def _settled(
        self, post: PostDocument, parents: Sequence[ObjectId], limit: int
    ) -> Sequence[SettledComment]:
        """The first settled replies to each: one question, and for each parent one place in an index."""
        if not parents:
            return []
        stages: Sequence[Filter] = [
            {"$documents": [{"parent_id": {"$literal": parent}} for parent in parents]},
            {
                "$lookup": {
                    "from": COMMENTS,
                    "localField": "parent_id",
                    "foreignField": "parent_id",
                    "pipeline": [
                        {"$match": visible(post) | {"shown": True}},
                        {"$sort": {"publication_date": 1, "_id.id": 1}},
                        {"$limit": limit},
                    ],
                    "as": "replies",
                }
            },
            {"$unwind": "$replies"},
            {"$replaceWith": "$replies"},
        ]
        cursor = await self._collections.comments.database.aggregate(stages)
        return await cursor.to_list()


def _replies_to(parents: Sequence[ObjectId]) -> Filter:
    is_one = {"$in": [{"$ifNull": ["$$this.parent_id", None]}, {"$literal": parents}]}
    return {"$filter": {"input": "$comments", "cond": {"$and": ["$$this.shown", is_one]}}}


def _nested_replies(
    post: PostDocument, parents: Sequence[ObjectId], limit: int
) -> Mapping[ObjectId, Sequence[CommentEntry]]:
    replies: dict[ObjectId, list[CommentEntry]] = {parent: [] for parent in parents}
    for entry in sorted(post["comments"], key=lambda entry: (entry["publication_date"], entry["id"])):
        if len(replies[entry["parent_id"]]) < limit:
            replies[entry["parent_id"]].append(entry)
    return replies


def _page(
    post: PostDocument,
    nested: Sequence[CommentEntry],
    settled: Sequence[SettledComment],
    parent: ObjectId,
    limit: int,
) -> Page[Comment]:
    rows = [read_comment(entry, post["_id"]) for entry in nested]
    rows += [read_settled(copy) for copy in settled if copy.get("parent_id") == parent]
    rows.sort(key=lambda comment: comment.position)
    return Page(tuple(rows[:limit]), has_more=len(rows) > limit)
