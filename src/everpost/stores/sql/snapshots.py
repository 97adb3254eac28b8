"""A blog in SQL as it was at one moment: everything that a transaction sees which sees nothing new.

Each page is a statement of its own, whose rows are all in memory: no cursor stays open between two of them.
asyncmy reads on while nobody takes the rows, however many there are, and a server gives up a reader who
takes none for long (https://mariadb.com/kb/en/server-system-variables/#net_write_timeout).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import FromClause, Select, bindparam, false, func, literal, null, select, true, union_all

from everpost.domain.clock import EARLIEST
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.records import Record, RecordCounts
from everpost.stores.sql import reading
from everpost.stores.sql.blogs import BLOG, blog_of
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.places import PLACE, After, place
from everpost.stores.sql.rows import AnyRow, comment_of, post_of, token_of, user_of
from everpost.stores.sql.tables import CommentRow, PostRow, TokenRow, UserRow
from everpost.stores.sql.types import IdText

_PEOPLE_AT_ONCE = 500
_POSTS_AT_ONCE = 8
"""A post has up to 4 MB of text."""
_COMMENTS_AT_ONCE = 100
"""A comment has up to 80 KB of text."""

_START = Position(EARLIEST, Id(""))
_AFTER = bindparam("after", type_=IdText)
_NAMELESS = (literal("").label("author_name"), null().label("author_disabled_at"))
_EDITOR = UserRow.__table__.alias("editor")
_OLDEST_FIRST = (CommentRow.publication_date, CommentRow.id)


def _after(statement: Select[Any], table: type[UserRow | TokenRow | PostRow], at_once: int) -> Select[Any]:
    return statement.where(table.id > _AFTER).order_by(table.id).limit(at_once)


def _nameless(comments: FromClause) -> Select[Any]:
    """Comments with the ids of their authors and editors; null where a user was removed."""
    columns = (column for column in comments.c if column.key not in {"author_id", "editor_id", "is_shown"})
    people = (UserRow.id.label("author_id"), _EDITOR.c.id.label("editor_id"))
    return (
        select(*columns, *people, *_NAMELESS)
        .outerjoin(UserRow, UserRow.id == comments.c.author_id)
        .outerjoin(_EDITOR, _EDITOR.c.id == comments.c.editor_id)
    )


def _go_on(*, is_shown: bool) -> Select[Any]:
    """What comes next of a thread, of what is shown or of the rest: a range of an index."""
    statement = (
        select(CommentRow.__table__)
        .where(
            CommentRow.post_id == reading.POST_ID,
            CommentRow.is_shown == (true() if is_shown else false()),
            After(*_OLDEST_FIRST, *PLACE),
        )
        .order_by(*_OLDEST_FIRST)
        .limit(_COMMENTS_AT_ONCE)
    )
    # MariaDB goes through the whole thread where it guesses that most of it comes after the place.
    hint = "FORCE INDEX (ix_comments_post_id_is_shown_publication_date_id)"
    return select(statement.with_hint(CommentRow, hint, "mysql").subquery())


_USERS = _after(select(UserRow.__table__), UserRow, _PEOPLE_AT_ONCE)
_TOKENS = _after(select(TokenRow.__table__), TokenRow, _PEOPLE_AT_ONCE)
_POSTS = _after(select(PostRow.__table__, *_NAMELESS), PostRow, _POSTS_AT_ONCE)
_THREAD_SIZES = (
    select(CommentRow.post_id, func.count().label("comments"))
    .where(CommentRow.post_id.in_(bindparam("posts", expanding=True)))
    .group_by(CommentRow.post_id)
)
_WHOLE_THREADS = (
    _nameless(CommentRow.__table__)
    .where(CommentRow.post_id.in_(bindparam("posts", expanding=True)))
    .order_by(CommentRow.post_id, *_OLDEST_FIRST)
)
_next = union_all(_go_on(is_shown=True), _go_on(is_shown=False)).subquery("next")
_OF_LONG_THREAD = _nameless(_next).order_by(_next.c.publication_date, _next.c.id).limit(_COMMENTS_AT_ONCE)
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

    def __init__(self, connection: Transaction) -> None:
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
        parameters = {"posts": [row.id for row in rows]}
        found = (await self._connection.execute(_THREAD_SIZES, parameters)).all()
        sizes = {row.post_id: int(row.comments) for row in found}
        for some in _portions(rows, sizes):
            if sum(sizes.get(row.id, 0) for row in some) <= _COMMENTS_AT_ONCE:
                yield await self._with_whole_threads(some)
                continue
            (post,) = some
            yield [post_of(post)]
            async for comments in self._long_thread(post.id):
                yield comments

    async def _with_whole_threads(self, posts: Sequence[AnyRow]) -> Sequence[Record]:
        rows = await self._connection.execute(_WHOLE_THREADS, {"posts": [post.id for post in posts]})
        threads = {post_id: list(thread) for post_id, thread in groupby(rows, lambda row: row.post_id)}
        records: list[Record] = []
        for post in posts:
            records += [post_of(post), *map(comment_of, threads.get(post.id, ()))]
        return records

    async def _long_thread(self, post_id: Id) -> AsyncIterator[Sequence[Record]]:
        """The comments of a post, page by page."""
        after = _START
        while True:
            parameters = {"of_post": post_id, **place(after)}
            comments = [*map(comment_of, await self._connection.execute(_OF_LONG_THREAD, parameters))]
            if comments:
                yield comments
                after = comments[-1].position
            if len(comments) < _COMMENTS_AT_ONCE:
                return


def _portions(posts: Sequence[AnyRow], sizes: Mapping[Id, int]) -> list[list[AnyRow]]:
    """The posts in order, as many together as have few enough comments; by itself one that has more."""
    portions: list[list[AnyRow]] = []
    room = -1
    for post in posts:
        size = sizes.get(post.id, 0)
        if size > room:
            portions.append([])
            room = _COMMENTS_AT_ONCE
        portions[-1].append(post)
        room -= size
    return portions
