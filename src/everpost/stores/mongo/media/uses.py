"""The files that posts use, in MongoDB: the document of a post lists them in `media`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bson import ObjectId

from everpost.domain.clock import now
from everpost.domain.media.files import linked_digests, media_id
from everpost.domain.posts import PostChange
from everpost.domain.revisions import new_stamp
from everpost.stores.mongo.engine.transactions import Session
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import PostDocument


def linked_media(post: Mapping[str, Any]) -> Sequence[ObjectId]:
    """The files that the document of a post links to. They need not exist."""
    return [ObjectId(media_id(digest)) for digest in linked_digests(post["content"], post.get("cover"))]


def writes_links(change: PostChange) -> bool:
    """Whether a change writes a text that may link to files."""
    return change.content is not None or change.cover is not None


class PostUses:
    """Writes the lists of files, in the transaction that writes the post. Until it is committed, no other
    transaction can remove a file that the post begins to use.
    """

    def __init__(self, collections: Collections) -> None:
        self._media = collections.media
        self._posts = collections.posts

    async def fill_in(self, post: PostDocument, session: Session) -> None:
        """Write the list into the document of a new post."""
        post.pop("media", None)  # of an earlier attempt
        if found := await self.hold(linked_media(post), session):
            post["media"] = list(found)

    async def update(self, post: PostDocument, session: Session) -> None:
        """Update the list of a post that the transaction has changed, and release the files that it no longer
        uses. The document has the list of before.
        """
        before, linked = set(post.get("media", ())), linked_media(post)
        if before == set(linked):
            return
        begun = await self.hold([each for each in linked if each not in before], session)
        after = before.intersection(linked).union(begun)
        if before == after:
            return
        change: Filter = {"$set": {"media": sorted(after)}} if after else {"$unset": {"media": ""}}
        await self._posts.update_one({"_id": post["_id"]}, change, session=session)
        await self.release(before - after, session)

    async def end(self, post_ids: Sequence[ObjectId], session: Session | None) -> None:
        """Release the files of these posts, before they are removed."""
        await self.release(await self.used_by(post_ids, session), session, without=post_ids)

    async def used_by(self, post_ids: Sequence[ObjectId], session: Session | None) -> set[ObjectId]:
        """The files that these posts use."""
        return await self._used({"_id": {"$in": post_ids}, "media": {"$exists": True}}, session)

    async def release(
        self, ids: Collection[ObjectId], session: Session | None, *, without: Sequence[ObjectId] = ()
    ) -> None:
        """Record that a post no longer uses these files. `without`: posts that no longer count."""
        if not ids:
            return
        others: Filter = {"media": {"$in": list(ids)}, "_id": {"$nin": list(without)}}
        used = await self._used(others, session)
        for condition, change in (
            ({"$in": [each for each in ids if each in used]}, {}),
            ({"$in": [each for each in ids if each not in used]}, {"released_at": now()}),
        ):
            if condition["$in"]:
                written: Filter = {"$set": {"use_stamp": new_stamp(), **change}}
                await self._media.update_many({"_id": condition}, written, session=session)

    async def recall(self, ids: Sequence[ObjectId], session: Session) -> None:
        """Record again which of these files, which have been replaced, are used."""
        if used := await self._used({"media": {"$in": ids}}, session):
            await self.hold([each for each in ids if each in used], session)

    async def hold(self, ids: Sequence[ObjectId], session: Session) -> Sequence[ObjectId]:
        """Record that a post uses these files, and keep them from being removed. Returns those that exist."""
        if not ids:
            return []
        these: Filter = {"_id": {"$in": ids}}
        held: Filter = {"$set": {"use_stamp": new_stamp()}, "$unset": {"released_at": ""}}
        count = (await self._media.update_many(these, held, session=session)).matched_count
        if count in (0, len(ids)):
            return ids if count else []
        found = await self._media.find(these, {"_id": 1}, session=session).to_list()
        return [document["_id"] for document in found]

    async def _used(self, posts: Filter, session: Session | None) -> set[ObjectId]:
        """The files that posts which meet the condition use."""
        found = await self._posts.find(posts, {"_id": 0, "media": 1}, session=session).to_list()
        return {each for post in found for each in post["media"]}
