"""Writes that remove, disable or demote a user.

Each depends on two documents: the user's, and that of another user who must stay, the heir of the posts or an
enabled admin. A standalone MongoDB server cannot write both atomically, so this takes three writes. The first
marks the user's document as leaving, with a unique mark. The second clears any mark from the other user's
document, and matches only if that is still a user, or an enabled admin. The third removes or changes the
user, and matches only if the mark of the first is still there.

So of users who depend on each other in a circle and leave concurrently, at least one stays: if all left, each
mark would have been set after that of the next user, all the way round.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.revisions import Match
from everpost.domain.users import Role
from everpost.errors import Busy, Invalid, LastAdmin, NotFound, Stale
from everpost.stores.mongo.authors import LIVING, Authors
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.documents import matching
from everpost.stores.mongo.threads import ATTEMPTS

Outcome = TypeVar("Outcome")

ENABLED_ADMIN: Filter = {"role": Role.ADMIN.value, "disabled_at": {"$exists": False}, **LIVING}


class Departures:
    """Removes, disables and demotes users, as long as the users they depend on stay."""

    def __init__(self, collections: Collections, authors: Authors) -> None:
        self._users = collections.users
        self._authors = authors

    async def depart(
        self,
        id: Id,
        match: Match,
        write: Callable[[Filter], Awaitable[Outcome | None]],
        *,
        heir_id: Id | None = None,
    ) -> Outcome:
        """What `write` gives, which writes the user's document where it meets the condition. NotFound, Stale,
        Invalid("heir_id"), LastAdmin, Busy.
        """
        for attempt in range(ATTEMPTS):
            await asyncio.sleep(random.random() * attempt / 100)  # noqa: S311 - so that rivals part
            intention = ObjectId()
            condition: Filter = {"_id": ObjectId(id), **LIVING, **matching(match)}
            before = await self._users.find_one_and_update(
                condition, {"$set": {"leaving": intention}}, projection={"role": 1, "disabled_at": 1}
            )
            if before is None:
                raise await self.unchanged(id)
            if heir_id is not None and (heir_id == id or not await self._stays({"_id": ObjectId(heir_id)})):
                raise Invalid("heir_id", "is not another user")
            if before["role"] == Role.ADMIN and "disabled_at" not in before:
                if not await self._stays({"_id": {"$ne": ObjectId(id)}, **ENABLED_ADMIN}):
                    raise LastAdmin
            else:
                condition["$nor"] = [ENABLED_ADMIN]
            outcome = await write({**condition, "leaving": intention})
            if outcome is not None:
                return outcome
        raise Busy

    async def unchanged(self, id: Id) -> NotFound | Stale:
        """Why a write that named a revision met no user."""
        return Stale("user", id) if await self._authors.is_user(ObjectId(id)) else NotFound("user", id)

    async def _stays(self, other: Filter) -> bool:
        """Whether there is such a user, who has been told to stay."""
        told = await self._users.find_one_and_update(
            {**other, **LIVING}, {"$unset": {"leaving": ""}}, projection={"_id": 1}
        )
        return told is not None
