"""A blog in SQL as it was at one moment: everything that a transaction sees which sees nothing new."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.records import Record, RecordCounts
from everpost.stores.sql.blogs import BLOG, blog_of
from everpost.stores.sql.rows import AnyRow, comment_of, post_of, token_of, user_of
from everpost.stores.sql.tables import CommentRow, PostRow, TokenRow, UserRow
from everpost.stores.sql.types import IdText

_PEOPLE_AT_ONCE = 500
_POSTS_AT_ONCE = 8
"""A post has up to 4 MB of text."""
_COMMENTS_AT_ONCE = 250
"""A comment has up to 80 KB of text."""

_AFTER = bindparam("after", type_=IdText)
_NAMELESS = (literal("").label("author_name"), null().label("author_disabled_at"))


def _after(statement: Select[Any], table: type[UserRow | TokenRow | PostRow], at_once: int) -> Select[Any]:
    return statement.where(table.id > _AFTER).order_by(table.id).limit(at_once)


_USERS = _after(select(UserRow.__table__), UserRow, _PEOPLE_AT_ONCE)
_TOKENS = _after(select(TokenRow.__table__), TokenRow, _PEOPLE_AT_ONCE)
_POSTS = _after(select(PostRow.__table__, *_NAMELESS), PostRow, _POSTS_AT_ONCE)
# What names an author who is no more is nobody's.
_COMMENTS = (
    select(*(column for column in CommentRow.__table__.c if column.key not in {"author_id", "is_shown"}))
    .add_columns(UserRow.id.label("author_id"), *_NAMELESS)
    .outerjoin(UserRow, UserRow.id == CommentRow.author_id)
    .where(CommentRow.post_id.in_(bindparam("posts", expanding=True)))
    .order_by(CommentRow.post_id, CommentRow.publication_date, CommentRow.id)
)
_COUNTS = select(
    *(
        select(func.count()).select_from(table).scalar_subquery().label(name)
        for name, table in (
            ("users", UserRow),
            ("tokens", TokenRow),
            ("posts", PostRow),
            ("comments", CommentRow),
        )
    )
)


class SqlSnapshot:
    """`Snapshot` of the port, over a connection whose transaction has one view of the database."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self) -> RecordCounts:
        row = (await self._connection.execute(_COUNTS)).one()
        return RecordCounts(row.users, row.tokens, row.posts, row.comments)

    async def records(self) -> AsyncIterator[Sequence[Record]]:
        yield (blog_of((await self._connection.execute(BLOG)).one()),)
        async for rows in self._pages(_USERS):
            yield [user_of(row) for row in rows]
        async for rows in self._pages(_TOKENS):
            yield [token_of(row) for row in rows]
        async for rows in self._pages(_POSTS):
            async for batch in self._with_threads(rows):
                yield batch

    async def _pages(self, statement: Select[Any]) -> AsyncIterator[Sequence[AnyRow]]:
        """All rows of a table, by id."""
        after = Id("")
        while rows := (await self._connection.execute(statement, {"after": after})).all():
            yield rows
            after = rows[-1].id

    async def _with_threads(self, rows: Sequence[AnyRow]) -> AsyncIterator[Sequence[Record]]:
        """These posts, each followed by its comments."""
        posts = iter([post_of(row) for row in rows])
        batch: list[Record] = []
        post = next(posts)
        batch.append(post)
        async for comments in self._comments([row.id for row in rows]):
            for comment in comments:
                while comment.post_id != post.id:
                    post = next(posts)
                    batch.append(post)
                batch.append(comment)
            yield batch
            batch = []
        yield [*batch, *posts]

    async def _comments(self, post_ids: Sequence[Id]) -> AsyncIterator[Sequence[Comment]]:
        """The comments of these posts, by post, date and id; the database has what does not fit in memory."""
        result = await self._connection.stream(_COMMENTS, {"posts": post_ids})
        try:
            async for rows in result.partitions(_COMMENTS_AT_ONCE):
                yield [comment_of(row) for row in rows]
        finally:
            await result.close()
