"""Comments in SQL. Every change takes the post's row first: so writers of one thread take turns, and
none of them waits for another one in a circle.
"""

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from everpost.domain.comments import Comment, CommentChange, CommentQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import Match
from everpost.errors import Conflict, Invalid, NotFound, Stale
from everpost.stores.sql import reading
from everpost.stores.sql.connections import Connections, rows_matched
from everpost.stores.sql.matching import having, revisions
from everpost.stores.sql.tables import CommentRow, PostRow

_TOUCH = (
    update(PostRow)
    .where(PostRow.id == reading.POST_ID)
    .values(version=PostRow.version + 1, comment_count=PostRow.comment_count + bindparam("more"))
)
_OF_THE_POST = (CommentRow.id == reading.ID, CommentRow.post_id == reading.POST_ID)
_ADD = insert(CommentRow)
_SAVE = (
    update(CommentRow)
    .where(*_OF_THE_POST)
    .values(content=bindparam("new_content"), updated_at=bindparam("now"), version=CommentRow.version + 1)
)
_REMOVE = delete(CommentRow).where(*_OF_THE_POST)


class SqlComments:
    """`Comments` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, post_id: Id, id: Id) -> Comment:
        for row in await self._connections.fetch(reading.COMMENT, {"of_post": post_id, "this": id}):
            return reading.comment_of(row)
        await self._require_post(post_id)
        raise NotFound("comment", id)

    async def page(self, query: CommentQuery) -> Page[Comment]:
        parameters = {"of_post": query.post_id, "limit": query.limit + 1}
        if query.after is None:
            rows = await self._connections.fetch(reading.COMMENTS, parameters)
        else:
            rows = await self._connections.fetch(
                reading.COMMENTS_AFTER, parameters | reading.place(query.after)
            )
        if not rows:
            await self._require_post(query.post_id)
        shown = rows[: query.limit]
        return Page(tuple(map(reading.comment_of, shown)), has_more=len(rows) > len(shown))

    async def add(self, comment: Comment) -> None:
        async def work(connection: AsyncConnection) -> None:
            await _touch(connection, comment.post_id, more=1)
            is_answerable = await _is_answerable(connection, comment)
            try:
                await connection.execute(_ADD, _values(comment))
            except IntegrityError as error:
                raise Conflict("comment", "id") from error
            if not is_answerable:
                raise Invalid("parent_id", "is not a comment of this post")

        await self._connections.transact(work)

    async def save(self, post_id: Id, id: Id, change: CommentChange, *, match: Match) -> Comment:
        async def work(connection: AsyncConnection) -> Comment:
            await _touch(connection, post_id)
            values = {"new_content": change.content, "now": change.updated_at}
            result = await connection.execute(
                having(match, CommentRow, _SAVE), {"of_post": post_id, "this": id} | values | revisions(match)
            )
            if not rows_matched(result):
                raise await _mismatch(connection, post_id, id)
            row = (await connection.execute(reading.COMMENT, {"of_post": post_id, "this": id})).one()
            return reading.comment_of(row)

        return await self._connections.transact(work)

    async def remove(self, post_id: Id, id: Id, *, match: Match) -> None:
        async def work(connection: AsyncConnection) -> None:
            await _touch(connection, post_id, more=-1)
            result = await connection.execute(
                having(match, CommentRow, _REMOVE), {"of_post": post_id, "this": id} | revisions(match)
            )
            if not rows_matched(result):
                raise await _mismatch(connection, post_id, id)

        await self._connections.transact(work)

    async def _require_post(self, post_id: Id) -> None:
        if not await self._connections.fetch(reading.POST_IS_THERE, {"this": post_id}):
            raise NotFound("post", post_id)


async def _touch(connection: AsyncConnection, post_id: Id, *, more: int = 0) -> None:
    """Count a change of the thread, which keeps other writers away from the post until the end."""
    if not rows_matched(await connection.execute(_TOUCH, {"of_post": post_id, "more": more})):
        raise NotFound("post", post_id)


async def _is_answerable(connection: AsyncConnection, comment: Comment) -> bool:
    if comment.parent_id is None:
        return True
    parent = {"of_post": comment.post_id, "this": comment.parent_id}
    return (await connection.execute(reading.COMMENT_IS_THERE, parent)).first() is not None


async def _mismatch(connection: AsyncConnection, post_id: Id, id: Id) -> NotFound | Stale:
    """Why no row was as it should have been."""
    comment = {"of_post": post_id, "this": id}
    there = (await connection.execute(reading.COMMENT_IS_THERE, comment)).first()
    return NotFound("comment", id) if there is None else Stale("comment", id)


def _values(comment: Comment) -> dict[str, object]:
    return {
        "id": comment.id,
        "post_id": comment.post_id,
        "parent_id": comment.parent_id,
        "content": comment.content,
        "publication_date": comment.publication_date,
        "updated_at": comment.updated_at,
        "version": comment.version,
    }
