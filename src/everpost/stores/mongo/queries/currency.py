"""Whether posts that were read before are what would be read now. Mark and version tell every change of a
post and of its thread, but not what becomes of the users whose names are in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostQuery
from everpost.domain.users import Author
from everpost.stores.mongo.authors import Authors
from everpost.stores.mongo.model.collections import Collections, Filter
from everpost.stores.mongo.model.documents import PostDocument
from everpost.stores.mongo.model.people import UserDocument
from everpost.stores.mongo.queries.listing import Choice, Listing
from everpost.stores.port import Known
from everpost.stores.turns import Turns

_MOST = 100
"""Posts whose states are asked for together."""
_STATE: Filter = {"version": 1, "stamp": 1}


class Currency:
    """Holds what is known against the database: states only, and no words."""

    def __init__(self, collections: Collections, authors: Authors, listing: Listing) -> None:
        self._posts = collections.posts
        self._authors = authors
        self._listing = listing
        self._turns = Turns(self._hold, most=_MOST)

    async def holds(self, known: Post) -> bool:
        """Whether the database says that the post, as it is known, would be read so now."""
        return await self._turns.ask(known)

    async def _hold(self, known: Sequence[Post]) -> Sequence[bool]:
        authors = frozenset[Author]().union(*(post.authors for post in known))
        these: list[Filter] = [
            {"$match": {"_id": {"$in": [ObjectId(post.id) for post in known]}}},
            {"$project": _STATE},
        ]
        if authors:
            these.append(self._authors.among_others(authors))
        found: Sequence[Mapping[str, Any]] = await (await self._posts.aggregate(these)).to_list()
        states = {Id(str(each["_id"])): cast("PostDocument", each) for each in found if "version" in each}
        users = [cast("UserDocument", each) for each in found if "name" in each]
        named = self._authors.living_in(users)
        return [
            post.id in states and _has_state(post, states[post.id]) and post.authors <= named
            for post in known
        ]

    async def page(self, choice: Choice, query: PostQuery, known: Known) -> Page[Post] | None:
        """The page, where all of its posts are known; None where one is not, or not as it is now."""
        cursor = self._listing.cursor(choice, query, _STATE)
        documents = await cursor.skip(query.skip).limit(query.limit + 1).to_list()
        posts = []
        for document in documents[: query.limit]:
            post = known(Id(str(document["_id"])))
            if post is None or not _has_state(post, document):
                return None
            posts.append(post)
        authors = frozenset[Author]().union(*(post.authors for post in posts))
        if authors - await self._authors.living(authors):
            return None
        return Page(tuple(posts), has_more=len(documents) > query.limit)


def _has_state(known: Post, document: PostDocument) -> bool:
    return document["version"] == known.version and document["stamp"] == known.mark
