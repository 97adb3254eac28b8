"""Lists of posts: the index that each is read from, and the ranges in it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace

from bson import ObjectId
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
    beyond,
)
from everpost.stores.mongo.model.documents import PostDocument
from everpost.stores.mongo.queries.authors import AuthorNames


@dataclass(frozen=True, slots=True)
class Choice:
    """How to find the posts that a filter selects: they meet `condition`, and are one range, or a few, in the
    indexes that begin with `index`.
    """

    index: Index
    condition: Filter
    ranges: Sequence[Filter] = ({},)


class Listing:
    """Chooses the index and the condition for a filter, and reads the posts."""

    def __init__(self, collections: Collections, transactions: Transactions, authors: AuthorNames) -> None:
        self._posts = collections.posts
        self._transactions = transactions
        self._authors = authors

    def session(self, filter: PostFilter) -> AbstractAsyncContextManager[Session | None]:
        """A snapshot session if the filter depends on the owners of posts; see `AuthorNames.predecessors`."""
        if filter.author_id is None and filter.audience.author_id is None:
            return nullcontext()
        return self._transactions.snapshot()

    async def choose(self, filter: PostFilter, session: Session | None) -> Choice | None:
        """How to find the posts; None if no post can match."""
        audience, of_author = filter.audience, filter.author_id
        if filter.status is not PostStatus.PUBLISHED and not audience.sees_all:
            if audience.author_id is None or of_author not in (None, audience.author_id):
                return None
            of_author = audience.author_id
        named = {} if of_author is None else {of_author: await self._names(of_author, session)}
        if [] in named.values():
            return None
        choice = _choice(filter, named.get(of_author or Id("")))
        if audience.sees_all or filter.status is not PostStatus.PUBLISHED:
            return choice
        is_out: Filter = {"publication_date": {"$lte": audience.moment}}
        if audience.author_id is not None:
            own = named.get(audience.author_id) or await self._names(audience.author_id, session)
            is_out = {"$or": [is_out, {"author_id": {"$in": own}}]}
        return replace(choice, condition=choice.condition | is_out)

    def cursor(
        self, choice: Choice, query: PostQuery, projection: Filter, session: Session | None = None
    ) -> AsyncCursor[PostDocument]:
        """The posts in the order of the query, after its position."""
        moment = BY_UPDATE if query.sort.by_update else BY_DATE
        descending = query.sort.is_descending
        until: Filter = {} if query.updated_until is None else {"updated_at": {"$lte": query.updated_until}}
        wanted = [choice.condition | range_ | until for range_ in choice.ranges]
        condition = beyond(query.after, wanted, moment, descending=descending)
        order = [(name, -1 if descending else 1) for name, _ in moment]
        found = self._posts.find(condition, projection, session=session)
        return found.hint([*choice.index, *moment]).sort(order)

    async def count(self, choice: Choice, session: Session | None) -> int:
        index = [*choice.index, *BY_DATE]
        return await self._posts.count_documents(choice.condition, hint=index, session=session)

    async def _names(self, author_id: Id, session: Session | None) -> Sequence[ObjectId]:
        return await self._authors.predecessors(ObjectId(author_id), session=session)


def _choice(filter: PostFilter, authors: Sequence[ObjectId] | None) -> Choice:
    condition: Filter = {"status": filter.status.value, "kind": filter.kind.value}
    if authors is not None:
        condition["author_id"] = {"$in": authors}
    if filter.tag is not None:
        return Choice(OF_TAG, condition | {"tags": filter.tag})
    if authors is not None:
        return Choice(OF_AUTHOR, condition, [{"author_id": author} for author in authors])
    return Choice(OF_STATUS, condition)
