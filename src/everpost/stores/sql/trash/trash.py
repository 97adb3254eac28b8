"""The port's `Trash` in SQL."""

from datetime import datetime

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import RemovedComment, RemovedCommentQuery
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.stores.preconditions import Preconditions
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.trash.comments import RemovedComments
from everpost.stores.sql.trash.posts import TrashedPosts


class SqlTrash:
    """`Trash` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._posts = TrashedPosts(connections)
        self._comments = RemovedComments(connections)

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

    async def remove_posts(self, before: datetime, *, limit: int) -> int:
        return await self._posts.remove_expired(before, limit)

    async def page_comments(self, query: RemovedCommentQuery) -> Page[RemovedComment]:
        return await self._comments.page(query)

    async def restore_comment(self, post_id: Id, id: Id) -> Comment:
        return await self._comments.restore(post_id, id)

    async def remove_comments(self, before: datetime, *, limit: int) -> int:
        return await self._comments.remove_expired(before, limit)
