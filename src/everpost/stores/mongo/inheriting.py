"""What becomes of the posts of a user who was removed."""

from bson import ObjectId

from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.collections import Collections, Filter

GRACE = 86_400
"""Seconds for which a removed user's document stays, and says whose the posts are: somebody may have
looked the user up before the removal, and name them in a post only now.
"""
_REMOVED: Filter = {"removed_at": {"$exists": True}}
_OVER: Filter = {"$gt": [{"$subtract": ["$$NOW", "$removed_at"]}, GRACE * 1000]}


class Notary:
    """Writes into each post of a removed user whose it is now. Readers know it since the removal, which
    was one write of the user's document, so it makes no difference when this happens, and how often.
    """

    def __init__(self, collections: Collections, authors: Authors) -> None:
        self._posts = collections.posts
        self._users = collections.users
        self._authors = authors

    async def hand_over(self, user_id: ObjectId) -> None:
        """Hand all posts over that name the user now."""
        heir = await self._authors.successor(user_id)
        change: Filter = {"$unset": {"author_id": ""}} if heir is None else {"$set": {"author_id": heir}}
        await self._posts.update_many({"author_id": user_id}, change)

    async def finish_all(self) -> None:
        """Hand the posts of all removed users over, and forget those who were removed long ago."""
        removed = await self._users.find(_REMOVED, {"_id": 1}).to_list()
        for document in removed:
            await self.hand_over(document["_id"])
            await self._forget({"_id": document["_id"], "$expr": _OVER})

    async def free(self, user_id: ObjectId) -> None:
        """Forget a removed user now, so that another one can have this id."""
        if await self._users.find_one({"_id": user_id, **_REMOVED}, {"_id": 1}):
            await self.hand_over(user_id)
            await self._forget({"_id": user_id})

    async def _forget(self, named: Filter) -> None:
        """Whoever has left posts to this one has left them to the heir by now."""
        document = await self._users.find_one(named | _REMOVED, {"_id": 1})
        if document is not None:
            heir = await self._authors.successor(document["_id"])
            change: Filter = {"$unset": {"heir": ""}} if heir is None else {"$set": {"heir": heir}}
            await self._users.update_many({"heir": document["_id"]}, change)
            await self._users.delete_one({"_id": document["_id"], **_REMOVED})
