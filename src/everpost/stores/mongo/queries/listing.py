"""Lists of posts: which index they are read from, and which part of it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bson import MaxKey, MinKey, ObjectId
from pymongo.asynchronous.cursor import AsyncCursor

from everpost.domain.ids import Id
from everpost.domain.posts import PostFilter, PostQuery, PostStatus
from everpost.stores.mongo.engine.transactions import Session, Transactions
from everpost.stores.mongo.model.collections import (
    BY_DATE,
    BY_UPDATE,
    OF_AUTHOR,
    OF_STATUS,
    OF_TAG,
    Collections,
    Filter,
    Index,
    index_bound,
)
from everpost.stores.mongo.model.documents import PostDocument
from everpost.stores.mongo.queries.authors import Authors


@dataclass(frozen=True, slots=True)
class Choice:
    """The posts that a filter names: those in one place of an index, or in a few, that meet a condition.
    `until` is a moment after which none is dated that is wanted.
    """

    index: Index
    places: Sequence[tuple[object, ...]]
    condition: Filter
    until: datetime | None = None


class Listing:
    """Finds out whose the posts are that a filter names, and where they are."""

    def __init__(self, collections: Collections, transactions: Transactions, authors: Authors) -> None:
        self._posts = collections.posts
        self._transactions = transactions
        self._authors = authors

    def moment(self, filter: PostFilter) -> AbstractAsyncContextManager[Session | None]:
        """A snapshot session if the filter depends on the posts' owners; see `Authors.predecessors`."""
        if filter.author_id is None and filter.audience.author_id is None:
            return nullcontext()
        return self._transactions.snapshot()

    async def choose(self, filter: PostFilter, session: Session | None) -> Choice | None:
        """None: no post can match."""
        audience, of_author = filter.audience, filter.author_id
        if filter.status is PostStatus.DRAFT and not audience.sees_all:
            if audience.author_id is None or of_author not in (None, audience.author_id):
                return None
            of_author = audience.author_id
        named = {} if of_author is None else {of_author: await self._names(of_author, session)}
        if [] in named.values():
            return None
        choice = _choice(filter, named.get(of_author or Id("")))
        if audience.sees_all or filter.status is PostStatus.DRAFT:
            return choice
        is_out: Filter = {"publication_date": {"$lte": audience.moment}}
        if audience.author_id is None:
            return replace(choice, condition=choice.condition | is_out, until=audience.moment)
        own = named.get(audience.author_id) or await self._names(audience.author_id, session)
        shown = {"$or": [is_out, {"author_id": {"$in": own}}]}
        return replace(choice, condition=choice.condition | shown)

    def cursor(
        self, choice: Choice, query: PostQuery, projection: Filter, session: Session | None = None
    ) -> AsyncCursor[PostDocument]:
        """The posts in the order of the query, after its position."""
        index = [*choice.index, *(BY_UPDATE if query.sort.by_update else BY_DATE)]
        direction = -1 if query.sort.is_descending else 1
        order = [(name, direction) for name, _ in index[len(choice.index) :]]
        first, last, condition = _bounds(choice, query)
        if len(choice.places) > 1:
            # The bounds of an index are one stretch of it: the places are left to the condition.
            condition |= _past(query)
            return self._posts.find(condition, projection, session=session).hint(index).sort(order)
        (place,) = choice.places
        cursor = self._posts.find(condition, projection, session=session).hint(index).sort(order)
        cursor.min(index_bound(index, *place, *first))
        return cursor.max(index_bound(index, *place, *last))

    async def count(self, choice: Choice, session: Session | None) -> int:
        index = [*choice.index, *BY_DATE]
        return await self._posts.count_documents(choice.condition, hint=index, session=session)

    async def _names(self, author_id: Id, session: Session | None) -> Sequence[ObjectId]:
        return await self._authors.predecessors(ObjectId(author_id), session=session)


def _choice(filter: PostFilter, authors: Sequence[ObjectId] | None) -> Choice:
    status = filter.status.value
    condition: Filter = {"status": status}
    if authors is not None:
        condition["author_id"] = authors[0] if len(authors) == 1 else {"$in": authors}
    if filter.tag is not None:
        return Choice(OF_TAG, [(filter.tag, status)], condition | {"tags": filter.tag})
    if authors is not None:
        return Choice(OF_AUTHOR, [(author, status) for author in authors], condition)
    return Choice(OF_STATUS, [(status,)], condition)


def _bounds(choice: Choice, query: PostQuery) -> tuple[Sequence[object], Sequence[object], Filter]:
    """From where to where, the latter not included, and what is to be so in between."""
    first: Sequence[object] = (MinKey(), MinKey())
    last: Sequence[object] = (MaxKey(), MaxKey())
    condition = dict(choice.condition)
    if choice.until is not None and not query.sort.by_update:
        last = (choice.until, MaxKey())
    if query.after is None:
        return first, last, condition
    place = (query.after.moment, ObjectId(query.after.id))
    if not query.sort.is_descending:
        if _in_order(place) < _in_order(last):
            return place, last, condition | {"_id": {"$ne": place[1]}}
        return first, last, condition | {"_id": {"$in": []}}  # MongoDB refuses bounds the wrong way round
    return first, min(last, place, key=_in_order), condition


def _in_order(place: Sequence[Any]) -> tuple[Any, ...]:
    """How the index orders places: `MaxKey` is after everything."""
    moment, name = place
    is_last = isinstance(moment, MaxKey)
    is_end = isinstance(name, MaxKey)
    return is_last, None if is_last else moment, is_end, None if is_end else name


def _past(query: PostQuery) -> Mapping[str, object]:
    """The condition that a post comes after the position of the query."""
    if query.after is None:
        return {}
    name = "updated_at" if query.sort.by_update else "publication_date"
    way = "$lt" if query.sort.is_descending else "$gt"
    place = ObjectId(query.after.id)
    tie = {name: query.after.moment, "_id": {way: place}}
    return {
        "$and": [{name: {f"{way}e": query.after.moment}}, {"$or": [{name: {way: query.after.moment}}, tie]}]
    }
