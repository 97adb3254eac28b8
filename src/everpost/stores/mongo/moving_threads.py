"""Writing the posts of a blog that moves in, and their threads. Nobody else writes to it meanwhile, so what
was read may be written back. Wherever it stops, no comment is there twice; one may be missing, until the
same is written again.
"""

from collections.abc import Iterable, Mapping, Sequence

from bson import ObjectId
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne

from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.domain.revisions import new_stamp
from everpost.errors import Busy
from everpost.stores.mongo.arriving import Arrival, Arrivals, Part, replaced, settle_from, visible_names
from everpost.stores.mongo.bulk import Write, chunks, write_all
from everpost.stores.mongo.collections import SETTLED_BY_ID, Collections, Filter
from everpost.stores.mongo.documents import (
    CopyName,
    PostDocument,
    SettledComment,
    comment_entry,
    post_document,
)
from everpost.stores.mongo.settling import Limits
from everpost.stores.mongo.sweeping import Sweeper
from everpost.stores.mongo.threads import STATE

_OPTIONAL = ("author_id", "comment_policy")
_OF_THREAD = frozenset({"_id", "comments", "thread", "runs", "open", "gone"})
"""What a new document says of itself and its thread, and the one that is there knows better."""
_AT_ONCE = 50
"""Posts whose nested comments are in memory together: those of one are a megabyte, as a rule."""

_Copies = Mapping[ObjectId, Sequence[SettledComment]]
"""Settled comments, by post, without their words."""
_Documents = Mapping[ObjectId, PostDocument]
_Parts = Mapping[ObjectId, Part]


class ThreadMover:
    """Each post with what is nested in it is one write; what settles is there before."""

    def __init__(self, collections: Collections, sweeper: Sweeper, limits: Limits) -> None:
        self._posts = collections.posts
        self._comments = collections.comments
        self._sweeper = sweeper
        self._arrivals = Arrivals(collections, limits)

    async def erase_posts(self, posts: Sequence[Post]) -> None:
        """With their threads."""
        for some in chunks([ObjectId(post.id) for post in posts]):
            these: Filter = {"_id": {"$in": list(some)}}
            settled = await self._posts.find(these | {"runs": {"$gt": 0}}, {"thread": 1}).to_list()
            await self._posts.delete_many(these)
            for post in settled:
                self._sweeper.erase_soon(post["thread"])

    async def write(
        self, posts: Sequence[Post], comments: Sequence[Comment], erased: Sequence[Comment]
    ) -> None:
        """Keep these posts and comments, and erase those comments."""
        documents = {ObjectId(post.id): post_document(post) for post in posts}
        parts = _parts(comments, erased)
        owners = {name: post_id for post_id, part in parts.items() for name in part.kept}
        await self._pull_rivals(owners)
        copies = await self._copies_of(parts, owners)
        there = await self._read([*documents, *parts], {"thread": 1, "runs": 1})
        for some in chunks([name for name in documents if name not in there]):
            await self._write_new([documents[name] for name in some], parts)
        without_part = [name for name in documents if name in there and name not in parts]
        await self._update([_update(there[name], documents[name], {}) for name in without_part])
        for some in chunks([name for name in parts if name in there], _AT_ONCE):
            await self._write_parts(some, documents, parts, copies)

    async def _pull_rivals(self, owners: Mapping[ObjectId, ObjectId]) -> None:
        """Take these comments out of what is nested in other posts."""
        for some in chunks(list(owners)):
            pulled: list[UpdateOne] = []
            async for post in self._posts.find({"comments.id": {"$in": list(some)}}, {"comments.id": 1}):
                nested = {entry["id"] for entry in post["comments"]}
                rivals = [name for name in nested & owners.keys() if owners[name] != post["_id"]]
                if rivals:
                    change = {"$pull": {"comments": {"id": {"$in": rivals}}}}
                    pulled.append(UpdateOne({"_id": post["_id"]}, change))
            await write_all(self._posts, pulled)

    async def _copies_of(self, parts: _Parts, owners: Mapping[ObjectId, ObjectId]) -> _Copies:
        """The settled copies of all these comments, whether or not they count; other posts lose those that
        they have of what is kept.
        """
        found: dict[ObjectId, list[SettledComment]] = {}
        rivals: list[CopyName] = []
        names = {name for part in parts.values() for name in (*part.kept, *part.erased)}
        for some in chunks(list(names)):
            shown = {"post_id": 1, "publication_date": 1}
            copies = self._comments.find({"_id.id": {"$in": list(some)}}, shown).hint(SETTLED_BY_ID)
            async for copy in copies:
                if owners.get(copy["_id"]["id"], copy["post_id"]) == copy["post_id"]:
                    found.setdefault(copy["post_id"], []).append(copy)
                else:
                    rivals.append(copy["_id"])
        for several in chunks(rivals):
            await self._comments.delete_many({"_id": {"$in": list(several)}})
        return found

    async def _read(self, names: Sequence[ObjectId], projection: Filter) -> _Documents:
        """Those of these posts that are there."""
        found: dict[ObjectId, PostDocument] = {}
        for some in chunks(names):
            cursor = self._posts.find({"_id": {"$in": list(some)}}, projection)
            found |= {post["_id"]: post async for post in cursor}
        return found

    async def _write_new(self, documents: Sequence[PostDocument], parts: _Parts) -> None:
        arrivals = [
            self._arrivals.lay_out(document, parts.get(document["_id"], Part()).kept.values(), is_new=True)
            for document in documents
        ]
        await self._arrivals.prepare(arrivals)
        await write_all(self._posts, [InsertOne(arrival.post) for arrival in arrivals], self._free)
        await self._arrivals.conclude(arrivals)

    async def _write_parts(
        self, names: Sequence[ObjectId], documents: _Documents, parts: _Parts, copies: _Copies
    ) -> None:
        posts = await self._read(names, STATE | {"comments": 1})
        changes = {
            name: self._change(post, parts[name], copies.get(name, ())) for name, post in posts.items()
        }
        await self._arrivals.prepare([arrival for arrival, _ in changes.values()])
        await self._update(
            [
                _update(posts[name], documents.get(name), _layout(posts[name], arrival.post))
                for name, (arrival, _) in changes.items()
            ]
        )
        await write_all(self._comments, [write for _, in_place in changes.values() for write in in_place])
        marked = [arrival.post for arrival, in_place in changes.values() if in_place]
        await self._update([_update(post, None, {}) for post in marked])

    def _change(
        self, post: PostDocument, part: Part, copies: Iterable[SettledComment]
    ) -> tuple[Arrival, Sequence[Write[SettledComment]]]:
        """How a thread is to stand, and what is to be done to comments that have settled already."""
        settled = visible_names(post, copies)
        nested = {entry["id"]: entry for entry in post["comments"]}
        in_place: list[Write[SettledComment]] = []
        stands = post.copy()
        for name, date in part.erased.items():
            if name in nested and nested[name]["publication_date"] == date:
                del nested[name]
            elif name in settled and name not in part.kept and settled[name][1] == date:
                in_place.append(DeleteOne({"_id": settled[name][0]}))
        for name, entry in part.kept.items():
            if name in nested or name not in settled:
                nested[name] = entry
            else:
                copy_name = settled[name][0]
                settle_from(stands, entry["publication_date"])
                in_place.append(ReplaceOne({"_id": copy_name}, replaced(copy_name, entry, post["_id"])))
        return self._arrivals.lay_out(stands, nested.values(), is_new=False), in_place

    async def _update(self, writes: Sequence[UpdateOne]) -> None:
        """Busy: somebody else writes to these posts, or has removed one."""
        if await write_all(self._posts, writes, self._free) != len(writes):
            raise Busy

    async def _free(self, taken: Filter) -> None:
        """A comment that is in the way leaves its post by another write of the same batch."""
        if "slug" in taken:
            parked = {"$concat": ["~", {"$toString": "$_id"}]}
            await self._posts.update_one(taken, [{"$set": {"slug": parked}}])


def _parts(comments: Iterable[Comment], erased: Iterable[Comment]) -> _Parts:
    parts: dict[ObjectId, Part] = {}
    for comment in comments:
        entry = comment_entry(comment)
        entry["stamp"] = new_stamp()
        parts.setdefault(ObjectId(comment.post_id), Part()).kept[entry["id"]] = entry
    for comment in erased:
        part = parts.setdefault(ObjectId(comment.post_id), Part())
        part.erased[ObjectId(comment.id)] = comment.publication_date
    return parts


def _layout(before: PostDocument, after: PostDocument) -> Filter:
    """What is another value in the post's document because its thread is another."""
    layout: Filter = {}
    if before["comments"] != after["comments"]:
        layout["comments"] = after["comments"]
    if before["runs"] != after["runs"]:
        layout["runs"] = after["runs"]
    if "settled_from" in after:
        layout["settled_from"] = after["settled_from"]
    return layout


def _update(post: PostDocument, document: PostDocument | None, layout: Filter) -> UpdateOne:
    """Write the layout into a post as it was read, and what the document says besides."""
    fields, absent = dict(layout), {}
    if document is not None:
        fields |= {name: value for name, value in document.items() if name not in _OF_THREAD}
        absent = {name: "" for name in _OPTIONAL if name not in fields}
    named = {"_id": post["_id"], "thread": post["thread"], "runs": post["runs"]}
    update = {"$set": {**fields, "stamp": new_stamp()}}
    return UpdateOne(named, update | ({"$unset": absent} if absent else {}))
