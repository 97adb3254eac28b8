"""Posts and comments as they are read: the statements, and what becomes of their rows."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Row,
    bindparam,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.posts import Post
from everpost.stores.sql.tables import CommentRow, PostRow
from everpost.stores.sql.types import IdText, Moment

AnyRow = Row[*tuple[Any, ...]]

ID = bindparam("this", type_=IdText)
POST_ID = bindparam("of_post", type_=IdText)

_POST = PostRow.__table__
_COMMENT = (
    CommentRow.id,
    CommentRow.post_id,
    CommentRow.parent_id,
    CommentRow.content,
    CommentRow.publication_date,
    CommentRow.updated_at,
    CommentRow.version,
)
_OLDEST_FIRST = (CommentRow.publication_date, CommentRow.id)
_NEWEST_FIRST = (PostRow.publication_date.desc(), PostRow.id.desc())


class After(FunctionElement[bool]):
    """`(date, id) > (that date, that id)`, so that an index on both columns finds the place at once.

    It has no type: SQLAlchemy would compare a Boolean with 1, and no index is used for that.
    """

    inherit_cache = True
    operator: Literal["<", ">"] = ">"


class Before(After):
    """`(date, id) < (that date, that id)`, as `After`."""

    inherit_cache = True
    operator = "<"


@compiles(After)
def _compare_rows(element: After, compiler: SQLCompiler, **options: object) -> str:
    date, name, that_date, that_name = (compiler.process(each, **options) for each in element.clauses)
    return f"({date}, {name}) {element.operator} ({that_date}, {that_name})"


@compiles(After, "mysql")
def _compare_columns(element: After, compiler: SQLCompiler, **options: object) -> str:
    """MySQL reads the whole index for a comparison of rows, but makes ranges of this.

    https://dev.mysql.com/doc/refman/8.4/en/range-optimization.html#row-constructor-range-optimization
    """
    date, name, that_date, that_name = (compiler.process(each, **options) for each in element.clauses)
    operator = element.operator
    return f"({date} {operator} {that_date} OR ({date} = {that_date} AND {name} {operator} {that_name}))"


_PLACE = (bindparam("after_date", type_=Moment), bindparam("after_id", type_=IdText))


def place(position: Position) -> dict[str, object]:
    """The parameters of the statements that go on after a position."""
    return {"after_date": position.publication_date, "after_id": position.id}


def _with_thread(
    chosen: ColumnElement[bool], post_id: ColumnElement[Any]
) -> CompoundSelect[*tuple[Any, ...]]:
    """The post and the oldest `:comments` of its comments, as rows of one shape: one statement sees one
    moment. A comment's row has no `comment_count`.
    """
    oldest = (
        select(*_COMMENT)
        .where(CommentRow.post_id == post_id)
        .order_by(*_OLDEST_FIRST)
        .limit(bindparam("comments"))
        .subquery("oldest")
    )
    post = select(
        PostRow.id,
        PostRow.content,
        PostRow.publication_date,
        PostRow.updated_at,
        PostRow.version,
        type_coerce(null(), IdText).label("parent_id"),
        PostRow.title,
        PostRow.slug,
        PostRow.tags,
        PostRow.comment_count,
    ).where(chosen)
    thread = select(
        oldest.c.id,
        oldest.c.content,
        oldest.c.publication_date,
        oldest.c.updated_at,
        oldest.c.version,
        oldest.c.parent_id,
        *(null() for _ in range(4)),
    )
    return union_all(post, thread)


_SLUG = bindparam("slug", type_=PostRow.slug.type)

POST_BY_ID = _with_thread(PostRow.id == ID, ID)
POST_BY_SLUG = _with_thread(
    PostRow.slug == _SLUG, select(PostRow.id).where(PostRow.slug == _SLUG).scalar_subquery()
)

_LIMIT = bindparam("limit", type_=BigInteger)
_SKIP = bindparam("skip", type_=BigInteger)
_CHOSEN = select(PostRow.id).order_by(*_NEWEST_FIRST).limit(_LIMIT).offset(_SKIP).subquery("chosen")
# First which, then what: MySQL reads every post that is passed over, with its content.
POSTS_FROM = select(_POST).join(_CHOSEN, PostRow.id == _CHOSEN.c.id).order_by(*_NEWEST_FIRST)
POSTS_AFTER = (
    select(_POST)
    .where(Before(PostRow.publication_date, PostRow.id, *_PLACE))
    .order_by(*_NEWEST_FIRST)
    .limit(_LIMIT)
)

_OF_THE_POST = (CommentRow.id == ID, CommentRow.post_id == POST_ID)

COMMENT = select(*_COMMENT).where(*_OF_THE_POST)
COMMENTS = select(*_COMMENT).where(CommentRow.post_id == POST_ID).order_by(*_OLDEST_FIRST).limit(_LIMIT)
# MariaDB goes through the whole thread where it guesses that most of it comes after the place.
COMMENTS_AFTER = COMMENTS.where(After(*_OLDEST_FIRST, *_PLACE)).with_hint(
    CommentRow, "FORCE INDEX (ix_comments_post_id_publication_date_id)", "mysql"
)

POST_IS_THERE = select(PostRow.id).where(PostRow.id == ID)
COMMENT_IS_THERE = select(CommentRow.id).where(*_OF_THE_POST)

_SIZES = (1, 2, 5, 10, 25, 50, 100)
"""For how many threads there are statements: each is compiled once, and prepared once a connection."""


def oldest_of_threads(
    post_ids: Sequence[Id],
) -> tuple[CompoundSelect[*tuple[Any, ...]], dict[str, object]]:
    """A statement for the oldest `:comments` of each of these posts, 100 at most, and its parameters."""
    size = _SIZES[bisect_left(_SIZES, len(post_ids))]
    padded = [*post_ids, *[None] * (size - len(post_ids))]
    return _oldest_of(size), {f"post_{number}": post_id for number, post_id in enumerate(padded)}


@cache
def _oldest_of(threads: int) -> CompoundSelect[*tuple[Any, ...]]:
    """MariaDB has no LATERAL, and a window function would read whole threads."""
    heads = [
        select(*_COMMENT)
        .where(CommentRow.post_id == bindparam(f"post_{number}", type_=IdText))
        .order_by(*_OLDEST_FIRST)
        .limit(bindparam("comments"))
        .subquery(f"oldest_{number}")
        for number in range(threads)
    ]
    return union_all(*(select(head) for head in heads))


def comment_of(row: AnyRow) -> Comment:
    """The comment in a row of `COMMENTS` and its like."""
    return Comment(
        id=row.id,
        post_id=row.post_id,
        parent_id=row.parent_id,
        content=row.content,
        publication_date=row.publication_date,
        updated_at=row.updated_at,
        version=row.version,
    )


def post_of(row: AnyRow, comments: Iterable[Comment] = ()) -> Post:
    """The post in a row that has its columns, with these comments inside."""
    return Post(
        id=row.id,
        title=row.title,
        content=row.content,
        publication_date=row.publication_date,
        updated_at=row.updated_at,
        version=row.version,
        slug=row.slug,
        tags=row.tags,
        comment_count=row.comment_count,
        comments=tuple(sorted(comments, key=lambda comment: comment.position)),
    )


def post_with_thread(rows: Sequence[AnyRow]) -> Post | None:
    """The post in the rows of `POST_BY_ID` and its like; None where they have none."""
    post = next((row for row in rows if row.comment_count is not None), None)
    if post is None:
        return None
    return post_of(post, (_answer_to(post.id, row) for row in rows if row.comment_count is None))


def _answer_to(post_id: Id, row: AnyRow) -> Comment:
    return Comment(
        id=row.id,
        post_id=post_id,
        parent_id=row.parent_id,
        content=row.content,
        publication_date=row.publication_date,
        updated_at=row.updated_at,
        version=row.version,
    )
