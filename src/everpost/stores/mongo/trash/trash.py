"""The port's `Trash` on MongoDB."""

from datetime import datetime

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import RemovedComment, RemovedCommentQuery
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.stores.mongo.engine.leadership import Part, reads, writes
from everpost.stores.mongo.engine.transactions import Transactions
from everpost.stores.mongo.garbage_collection import GarbageCollector
from everpost.stores.mongo.model.collections import Collections
from everpost.stores.mongo.queries.authors import AuthorNames
from everpost.stores.mongo.trash.comments import RemovedComments
from everpost.stores.mongo.trash.posts import TrashedPosts
from everpost.stores.preconditions import Preconditions


class MongoTrash(Part):
    """Posts in the trash stay in their collection."""

    def __init__(
        self,
        collections: Collections,
        transactions: Transactions,
        authors: AuthorNames,
        garbage: GarbageCollector,
    ) -> None:
        self._posts = TrashedPosts(collections, transactions, authors, garbage)
        self._comments = RemovedComments(collections, transactions, authors, garbage)

    @writes
    async def move_post(
        self,
        id: Id,
        *,
        moment: datetime,
        match: ExpectedRevisions,
        owner_id: Id | None = None,
        discarded_copy: SavedCopy | None = None,
    ) -> None:
        await self._posts.move(id, Preconditions(match, owner_id), moment, discarded_copy)

    @writes
    async def restore_post(
        self,
        id: Id,
        *,
        moment: datetime,
        match: ExpectedRevisions,
        comments: int,
        owner_id: Id | None = None,
    ) -> Post:
        preconditions = Preconditions(match, owner_id, in_trash=True)
        return await self._posts.restore(id, preconditions, moment, comments)

    @writes
    async def remove_posts(self, before: datetime, *, limit: int) -> int:
        return await self._posts.remove_expired(before, limit)

    @reads
    async def page_comments(self, query: RemovedCommentQuery) -> Page[RemovedComment]:
        return await self._comments.page(query)

    @writes
    async def restore_comment(self, post_id: Id, id: Id) -> Comment:
        return await self._comments.restore(post_id, id)

    @writes
    async def remove_comments(self, before: datetime, *, limit: int) -> int:
        return await self._comments.remove_expired(before, limit)
