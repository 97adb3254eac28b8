"""Statements that read single posts and comments, and threads."""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    FromClause,
    ScalarSelect,
    Select,
    bindparam,
    false,
    func,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from everpost.domain.comments import CommentQuery, QueueQuery
from everpost.domain.ids import Id
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import CommentRow, PostRow, UserRow
from everpost.stores.sql.model.types import IdText
from everpost.stores.sql.queries.keyset import POSITION, After, Before, position_values

AnySelect = Select[*tuple[Any, ...]]
AnyUnion = CompoundSelect[*tuple[Any, ...]]

ID = bindparam("this", type_=IdText)
POST_ID = bindparam("of_post", type_=IdText)
LIMIT = bindparam("limit", type_=BigInteger)

AUTHOR = (
    UserRow.id.label("author_id"),
    UserRow.name.label("author_name"),
    UserRow.disabled_at.label("author_disabled_at"),
)
# MariaDB scans a small table of users, and then has to sort the result of the join.
_BY_ID = (UserRow, "FORCE INDEX (PRIMARY)", "mysql")

_COMMENT = (
    CommentRow.id,
    CommentRow.post_id,
    CommentRow.parent_id,
    CommentRow.content,
    CommentRow.publication_date,
    CommentRow.updated_at,
    CommentRow.version,
    CommentRow.depth,
    CommentRow.status,
    CommentRow.author_id,
    CommentRow.guest_name,
    CommentRow.key_digest,
    CommentRow.editor_id,
    CommentRow.edited_at,
    CommentRow.reply_count,
    CommentRow.stamp,
)
_WRITTEN_BY = "author_id"
_OLDEST_FIRST = (CommentRow.publication_date, CommentRow.id)
_NEWEST_FIRST = (CommentRow.publication_date.desc(), CommentRow.id.desc())


def with_author(statement: AnySelect, author_id: ColumnElement[Any]) -> AnySelect:
    """Add the columns of the author, if there is one."""
    joined = statement.add_columns(*AUTHOR).outerjoin(UserRow, UserRow.id == author_id)
    return joined.with_hint(*_BY_ID)


def half_selective(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Make PostgreSQL estimate that half of all rows meet the condition. For a comparison with a subquery it
    estimates next to none, and then sorts them all.
    """
    return func.coalesce(condition, false())


def _comments() -> AnySelect:
    return with_author(
        select(*(column for column in _COMMENT if column.key != _WRITTEN_BY)).select_from(CommentRow),
        CommentRow.__table__.c.author_id,
    )


def _with_authors(head: FromClause) -> AnySelect:
    """Select the comments in a subquery of `_COMMENT`, with their authors."""
    columns = [column for column in head.c if column.key != _WRITTEN_BY]
    return with_author(select(*columns).select_from(head), head.c.author_id)


def shown(post_id: ColumnElement[Any]) -> AnySelect:
    """Select the shown comments of a thread, oldest first."""
    return (
        select(*_COMMENT)
        .where(CommentRow.post_id == post_id, CommentRow.is_shown == true())
        .order_by(*_OLDEST_FIRST)
    )


def union_of(threads: Sequence[AnySelect]) -> FromClause:
    """Select the oldest `:comments` of each thread. MariaDB has no LATERAL, and a window function would read
    whole threads.
    """
    heads = (thread.limit(bindparam("comments")).subquery(f"head_{n}") for n, thread in enumerate(threads))
    return union_all(*map(select, heads)).subquery("heads")


SLUG = bindparam("slug", type_=PostRow.slug.type)

FIND_POST = select(
    PostRow.id,
    PostRow.author_id,
    PostRow.version,
    PostRow.stamp,
    PostRow.status,
    PostRow.trashed_at,
    PostRow.revision_number,
    PostRow.edited_by_id,
    PostRow.edit_began_at,
).where(PostRow.id == ID)
SLUG_IS_TAKEN = select(PostRow.id).where(PostRow.slug == SLUG)
FIND_USER = select(UserRow.id).where(UserRow.id == ID)

_OF_THE_POST = (CommentRow.id == ID, CommentRow.post_id == POST_ID)
COMMENT = _comments().where(*_OF_THE_POST)

_PARENT_ID = bindparam("parent", type_=IdText)


@cache
def _page_of_thread(*, in_branch: bool, answering: bool, after: bool, newest_first: bool) -> AnySelect:
    statement = (
        _comments()
        .where(CommentRow.post_id == POST_ID, CommentRow.is_shown == true())
        .order_by(*(_NEWEST_FIRST if newest_first else _OLDEST_FIRST))
        .limit(LIMIT)
    )
    index = "ix_comments_post_id_is_shown_publication_date_id"
    if in_branch:
        parent = CommentRow.parent_id
        statement = statement.where(parent == _PARENT_ID if answering else parent.is_(None))
        index = "ix_comments_post_id_parent_id_is_shown_publication_date_id"
    if after:
        statement = statement.where((Before if newest_first else After)(*_OLDEST_FIRST, *POSITION))
    # MariaDB scans the whole thread if it estimates that most of it comes after the position.
    return statement.with_hint(CommentRow, f"FORCE INDEX ({index})", "mysql")


def page_of_thread(query: CommentQuery) -> tuple[AnySelect, Values]:
    """Return a statement for one comment more than the page has, and its parameters."""
    parent_id = query.branch.parent_id if query.branch else None
    statement = _page_of_thread(
        in_branch=query.branch is not None,
        answering=parent_id is not None,
        after=query.after is not None,
        newest_first=query.newest_first,
    )
    parameters: Values = {"of_post": query.post_id, "limit": query.limit + 1}
    if parent_id is not None:
        parameters["parent"] = parent_id
    return statement, parameters | (position_values(query.after) if query.after else {})


def _of_post(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """The column of the post of each comment."""
    post = select(column).where(PostRow.id == CommentRow.post_id)
    return post.correlate(CommentRow).scalar_subquery()


@cache
def _page_of_queue(*, of_author: bool, after: bool) -> AnySelect:
    statement = _comments().where(CommentRow.status == bindparam("status", type_=CommentRow.status.type))
    # Not joins: the planner might begin with all posts of the author.
    statement = statement.where(half_selective(_of_post(PostRow.trashed_at).is_(None)))
    if of_author:
        on_post_by = _of_post(PostRow.author_id) == bindparam("post_author", type_=IdText)
        statement = statement.where(half_selective(on_post_by))
    if after:
        statement = statement.where(Before(*_OLDEST_FIRST, *POSITION))
    ordered = statement.order_by(*_NEWEST_FIRST).limit(LIMIT)
    return ordered.with_hint(CommentRow, "FORCE INDEX (ix_comments_status_publication_date_id)", "mysql")


def page_of_queue(query: QueueQuery) -> tuple[AnySelect, Values]:
    """Return a statement for one comment more than the page has, and its parameters."""
    statement = _page_of_queue(of_author=query.post_author_id is not None, after=query.after is not None)
    parameters: Values = {"status": query.status, "limit": query.limit + 1}
    if query.post_author_id is not None:
        parameters["post_author"] = query.post_author_id
    return statement, parameters | (position_values(query.after) if query.after else {})


MAX_IDS = 100
_SIZES = (1, 2, 5, 10, 25, 50, MAX_IDS)
"""The numbers of ids for which there are statements. Each is compiled once, and prepared once per connection.
"""


def padded(name: str, ids: Sequence[str]) -> tuple[int, Values]:
    """Return the number of ids of a statement with room for these, at most `MAX_IDS`, and its parameters,
    `:<name>_0` and so on. The rest is padded with null.
    """
    size = _SIZES[bisect_left(_SIZES, len(ids))]
    return size, {f"{name}_{number}": each for number, each in enumerate([*ids, *[None] * (size - len(ids))])}


def users(ids: Sequence[Id]) -> tuple[AnySelect, Values]:
    """Return a statement for the columns `AUTHOR` of these users, at most `MAX_IDS`, and its parameters."""
    size, values = padded("author", ids)
    return _users(size), values


def id_parameters(name: str, size: int, of_type: TypeEngine[Any] | None = None) -> list[BindParameter[Any]]:
    """The bind parameters of `padded`."""
    return [bindparam(f"{name}_{number}", type_=of_type or IdText()) for number in range(size)]


def comments_by_id(ids: Sequence[Id]) -> tuple[AnySelect, Values]:
    """Return a statement for these comments, at most `MAX_IDS`, and its parameters."""
    size, values = padded("comment", ids)
    return _comments_by_id(size), values


@cache
def _comments_by_id(size: int) -> AnySelect:
    return _comments().where(CommentRow.id.in_(id_parameters("comment", size)))


@cache
def _users(size: int) -> AnySelect:
    return select(*AUTHOR).where(UserRow.id.in_(id_parameters("author", size)))


def oldest_of_threads(post_ids: Sequence[Id]) -> tuple[AnySelect, Values]:
    """Return a statement for the oldest `:comments` of each of these posts, at most `MAX_IDS`, and its
    parameters.
    """
    return _oldest_comments(post_ids, in_branches=False)


def oldest_of_branches(parent_ids: Sequence[Id]) -> tuple[AnySelect, Values]:
    """The same for the replies to each of these comments of the post `:of_post`."""
    return _oldest_comments(parent_ids, in_branches=True)


def _oldest_comments(ids: Sequence[Id], *, in_branches: bool) -> tuple[AnySelect, Values]:
    size, heads = padded("head", ids)
    return _oldest_of(size, in_branches=in_branches), heads


@cache
def _oldest_of(size: int, *, in_branches: bool) -> AnySelect:
    ids = id_parameters("head", size)
    if in_branches:
        return _with_authors(union_of([shown(POST_ID).where(CommentRow.parent_id == each) for each in ids]))
    return _with_authors(union_of([shown(each) for each in ids]))
