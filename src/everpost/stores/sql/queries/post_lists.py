"""Lists of posts, counts and tags. For each filter and order there is one statement, whose rows are a range
of an index, read in its order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from everpost.domain.ids import Id
from everpost.domain.paging import MAX_LIMIT, Position
from everpost.domain.posts import PostFilter, PostKind, PostQuery, PostSort, PostStatus, TagQuery
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import PostRow, PostTagRow, UserRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries.keyset import POSITION, After, Before, position_values
from everpost.stores.sql.queries.post_queries import VALIDATOR
from everpost.stores.sql.queries.selects import LIMIT, AnySelect, half_selective, with_author

_STATUS = bindparam("status", type_=PostRow.status.type)
_KIND = bindparam("kind", type_=PostRow.kind.type)
_TAG = bindparam("tag", type_=PostTagRow.tag.type)
_AUTHOR = bindparam("author", type_=IdText)
_VIEWER = bindparam("viewer", type_=IdText)
_UNTIL = bindparam("until", type_=Moment)
_UPDATED_UNTIL = bindparam("updated_until", type_=Moment)
_LEAST = bindparam("least", type_=BigInteger)
_SKIP = bindparam("skip", type_=BigInteger)

_DATES = (PostRow.id, PostRow.publication_date, PostRow.updated_at)


class Columns(Enum):
    """The columns that a list reads: of whole posts, of their validators, or of their locations."""

    POST = tuple(column for column in PostRow.__table__.c if column.key != "author_id")
    VALIDATOR = (*_DATES, *VALIDATOR)
    LOCATION = (*_DATES, PostRow.title, PostRow.slug, PostRow.kind)


@dataclass(frozen=True, slots=True)
class Shape:
    """The conditions of a list, apart from the status and the kind. Their values are parameters."""

    tag: bool
    author: bool
    until: bool
    """Only posts published by a certain time,"""
    viewer: bool
    """or written by the viewer."""


@dataclass(frozen=True, slots=True)
class NormalizedFilter:
    """A filter combined with its audience."""

    shape: Shape
    parameters: Values


def normalize(filter: PostFilter) -> NormalizedFilter | None:
    """Combine a filter with its audience, without redundant conditions; None if no post can match."""
    audience = filter.audience
    author_id, until, viewer_id = filter.author_id, None, None
    if filter.status is not PostStatus.PUBLISHED and not audience.sees_all:
        if audience.author_id is None or author_id not in (None, audience.author_id):
            return None
        author_id = audience.author_id
    elif not audience.sees_all and (author_id is None or author_id != audience.author_id):
        until = audience.moment
        viewer_id = audience.author_id if author_id is None else None
    values = {"tag": filter.tag, "author": author_id, "until": until, "viewer": viewer_id}
    given: Values = {name: value for name, value in values.items() if value is not None}
    shape = Shape(*(name in given for name in ("tag", "author", "until", "viewer")))
    return NormalizedFilter(shape, {"status": filter.status, "kind": filter.kind, **given})


@dataclass(frozen=True, slots=True)
class _Listed:
    """The table whose indexes serve a list."""

    table: type[PostRow] | type[PostTagRow]
    id: InstrumentedAttribute[Id]
    author_id: ColumnElement[Any]
    index: Callable[[str], str]

    def by(self, date: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        columns = self.table.__table__.c
        return columns[date], columns[self.id.key]


def _listed_by(shape: Shape) -> _Listed:
    if shape.tag:
        # Not a join: the planner might begin with all posts of the author and sort them.
        author_id = (
            select(PostRow.author_id)
            .where(PostRow.id == PostTagRow.post_id)
            .correlate(PostTagRow)
            .scalar_subquery()
        )
        index = "ix_post_tags_status_kind_tag_{}_post_id"
        return _Listed(PostTagRow, PostTagRow.post_id, author_id, index.format)
    index = "ix_posts_author_id_status_kind_{}_id" if shape.author else "ix_posts_status_kind_{}_id"
    return _Listed(PostRow, PostRow.id, PostRow.__table__.c.author_id, index.format)


def _conditions(shape: Shape, listed: _Listed) -> list[ColumnElement[bool]]:
    conditions = [listed.table.status == _STATUS, listed.table.kind == _KIND]
    if shape.tag:
        conditions.append(PostTagRow.tag == _TAG)
    if shape.author:
        by_author = listed.author_id == _AUTHOR
        conditions.append(half_selective(by_author) if shape.tag else by_author)
    return conditions


@cache
def list_page(
    shape: Shape, sort: PostSort, *, after: bool, until: bool = False, columns: Columns = Columns.POST
) -> AnySelect:
    """Select these columns of the posts of a page, unordered; whole posts with their authors. A
    subquery selects the ids first, because MySQL would otherwise read the content of every post that is
    skipped. The join is an outer join, because that is never reordered.
    """
    listed = _listed_by(shape)
    date = "updated_at" if sort.by_update else "publication_date"
    order = listed.by(date)
    names = select(listed.id.label("id")).where(*_conditions(shape, listed))
    if shape.until:
        published: ColumnElement[Any] = listed.table.__table__.c.publication_date
        if sort.by_update:
            # The sum keeps SQLite from using a range of the wrong index, which it would have to sort.
            published = type_coerce(published, BigInteger) + literal_column("0")
        is_out = published <= _UNTIL
        names = names.where(or_(is_out, listed.author_id == _VIEWER) if shape.viewer else is_out)
    if until:
        names = names.where(order[0] <= _UPDATED_UNTIL)
    if after:
        names = names.where((Before if sort.is_descending else After)(*order, *POSITION))
    else:
        names = names.offset(_SKIP)
    names = names.order_by(*(each.desc() if sort.is_descending else each for each in order)).limit(LIMIT)
    # MariaDB estimates that another index and a sort are cheaper.
    names = names.with_hint(listed.table, f"FORCE INDEX ({listed.index(date)})", "mysql")
    page = names.subquery("list_page")
    posts = select(*columns.value).select_from(page).outerjoin(PostRow, PostRow.id == page.c.id)
    return with_author(posts, PostRow.__table__.c.author_id) if columns is Columns.POST else posts


def page_of_posts(
    query: PostQuery, normalized: NormalizedFilter, *, columns: Columns = Columns.POST
) -> tuple[AnySelect, Values]:
    """Return a statement for one post more than the page has, as for `list_page`, and its parameters."""
    after, until = query.after, query.updated_until
    statement = list_page(
        normalized.shape, query.sort, after=after is not None, until=until is not None, columns=columns
    )
    where: Values = {"skip": query.skip} if after is None else position_values(after)
    if until is not None:
        where["updated_until"] = until
    return statement, {"limit": query.limit + 1, **where, **normalized.parameters}


def is_bounded(query: PostQuery) -> bool:
    """Whether the page reads few rows besides its own. Posts with a tag are not indexed by author."""
    has_index = query.filter.tag is None or query.filter.author_id is None
    return has_index and query.skip <= MAX_LIMIT and query.limit <= MAX_LIMIT


@cache
def count_query(shape: Shape) -> AnySelect:
    """Count the posts."""
    date = "publication_date"
    listed = _listed_by(shape)
    count = select(func.count()).select_from(listed.table).where(*_conditions(shape, listed))
    count = count.with_hint(listed.table, f"FORCE INDEX ({listed.index(date)})", "mysql")
    if not shape.until:
        return count
    out = count.where(listed.table.publication_date <= _UNTIL)
    if not shape.viewer:
        return out
    # Two ranges, because a single range with both would have to be filtered post by post.
    index = listed.index(date) if shape.tag else "ix_posts_author_id_status_kind_publication_date_id"
    own = (
        select(func.count())
        .select_from(listed.table)
        .where(
            *_conditions(shape, listed),
            listed.author_id == _VIEWER,
            listed.table.publication_date > _UNTIL,
        )
        .with_hint(listed.table, f"FORCE INDEX ({index})", "mysql")
    )
    return select(out.scalar_subquery() + own.scalar_subquery())


@cache
def _tags(*, after: bool) -> AnySelect:
    statement = (
        select(PostTagRow.tag, func.count().label("posts"))
        .where(PostTagRow.status == _STATUS, PostTagRow.kind == _KIND, PostTagRow.publication_date <= _UNTIL)
        .group_by(PostTagRow.tag)
        .order_by(PostTagRow.tag)
        .limit(LIMIT)
        .with_hint(PostTagRow, "FORCE INDEX (ix_post_tags_status_kind_tag_publication_date_post_id)", "mysql")
    )
    return statement.where(PostTagRow.tag > _TAG) if after else statement


def page_of_tags(query: TagQuery) -> tuple[AnySelect, Values]:
    """Return a statement for one tag more than the page has, and its parameters."""
    where: Values = {} if query.after is None else {"tag": query.after}
    values = {
        "status": PostStatus.PUBLISHED,
        "kind": PostKind.POST,
        "until": query.moment,
        "limit": query.limit + 1,
    }
    return _tags(after=query.after is not None), {**values, **where}


@cache
def _authors() -> AnySelect:
    return (
        select(PostRow.__table__.c.author_id.label("id"))
        .join(UserRow, UserRow.id == PostRow.__table__.c.author_id)
        .where(PostRow.status == _STATUS, PostRow.kind == _KIND, PostRow.publication_date <= _UNTIL)
        .where(UserRow.disabled_at.is_(None))
        .group_by(PostRow.__table__.c.author_id)
        .having(func.count() >= _LEAST)
        .order_by(PostRow.__table__.c.author_id)
        .with_hint(PostRow, "FORCE INDEX (ix_posts_author_id_status_kind_publication_date_id)", "mysql")
    )


def authors(moment: datetime, least: int) -> tuple[AnySelect, Values]:
    """Return a statement for the ids of the authors with this number of public posts, and its parameters."""
    published: Values = {"status": PostStatus.PUBLISHED, "kind": PostKind.POST}
    return _authors(), published | {"until": moment, "least": least}


@cache
def _updates() -> AnySelect:
    # The lower bits, because the sum of all could overflow.
    bits = type_coerce(PostRow.updated_at, BigInteger).bitwise_and(literal_column("2147483647"))
    return (
        select(
            func.count().label("count"),
            func.coalesce(func.sum(bits), literal_column("0")).label("checksum"),
            func.max(PostRow.updated_at).label("latest"),
        )
        .where(PostRow.status == _STATUS, PostRow.kind == _KIND)
        .with_hint(PostRow, "FORCE INDEX (ix_posts_status_kind_updated_at_id)", "mysql")
    )


def updates(kind: PostKind) -> tuple[AnySelect, Values]:
    """Return a statement for `Updates`, and its parameters."""
    return _updates(), {"status": PostStatus.PUBLISHED, "kind": kind}


def in_order(rows: list[Any], sort: PostSort) -> list[Any]:
    """Return the rows of `list_page` in the order of the list."""
    date = "updated_at" if sort.by_update else "publication_date"
    return sorted(rows, key=lambda row: Position(getattr(row, date), row.id), reverse=sort.is_descending)
