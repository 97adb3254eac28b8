"""Lists of posts, counts and tags: for each filter and order the one statement whose rows are a range of
an index, read in its order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, literal_column, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from everpost.domain.ids import Id
from everpost.domain.paging import MAX_LIMIT, Position
from everpost.domain.posts import PostFilter, PostQuery, PostSort, PostStatus, TagQuery
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import PostRow, PostTagRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries.keyset import PLACE, After, Before, place
from everpost.stores.sql.queries.post_queries import VALIDATOR
from everpost.stores.sql.queries.selects import LIMIT, AnySelect, passable, with_author

_STATUS = bindparam("status", type_=PostRow.status.type)
_TAG = bindparam("tag", type_=PostTagRow.tag.type)
_AUTHOR = bindparam("author", type_=IdText)
_VIEWER = bindparam("viewer", type_=IdText)
_UNTIL = bindparam("until", type_=Moment)
_SKIP = bindparam("skip", type_=BigInteger)

_POST = tuple(column for column in PostRow.__table__.c if column.key != "author_id")
_STATE = (PostRow.id, PostRow.publication_date, PostRow.updated_at, *VALIDATOR)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list is narrowed by, besides the status; the values are parameters."""

    tag: bool
    author: bool
    until: bool
    """Only what is out by a moment,"""
    viewer: bool
    """or is by who looks."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A filter, and its audience with it."""

    shape: Shape
    parameters: Values


def narrow(filter: PostFilter) -> Narrowed | None:
    """The filter without what says nothing; None where nothing can pass it."""
    audience = filter.audience
    author_id, until, viewer_id = filter.author_id, None, None
    if filter.status is PostStatus.DRAFT and not audience.sees_all:
        if audience.author_id is None or author_id not in (None, audience.author_id):
            return None
        author_id = audience.author_id
    elif not audience.sees_all and (author_id is None or author_id != audience.author_id):
        until = audience.moment
        viewer_id = audience.author_id if author_id is None else None
    values = {"tag": filter.tag, "author": author_id, "until": until, "viewer": viewer_id}
    given: Values = {name: value for name, value in values.items() if value is not None}
    shape = Shape(*(name in given for name in ("tag", "author", "until", "viewer")))
    return Narrowed(shape, {"status": filter.status, **given})


@dataclass(frozen=True, slots=True)
class _Listed:
    """The table by which posts are listed."""

    table: type[PostRow] | type[PostTagRow]
    id: InstrumentedAttribute[Id]
    author_id: ColumnElement[Any]
    index: Callable[[str], str]

    def by(self, date: str) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        columns = self.table.__table__.c
        return columns[date], columns[self.id.key]


def _listed_by(shape: Shape) -> _Listed:
    if shape.tag:
        # Not a join, which might begin with all posts of the author and sort them.
        author_id = (
            select(PostRow.author_id)
            .where(PostRow.id == PostTagRow.post_id)
            .correlate(PostTagRow)
            .scalar_subquery()
        )
        return _Listed(PostTagRow, PostTagRow.post_id, author_id, "ix_post_tags_status_tag_{}_post_id".format)
    index = "ix_posts_author_id_status_{}_id" if shape.author else "ix_posts_status_{}_id"
    return _Listed(PostRow, PostRow.id, PostRow.__table__.c.author_id, index.format)


def _conditions(shape: Shape, listed: _Listed) -> list[ColumnElement[bool]]:
    conditions = [listed.table.status == _STATUS]
    if shape.tag:
        conditions.append(PostTagRow.tag == _TAG)
    if shape.author:
        by_author = listed.author_id == _AUTHOR
        conditions.append(passable(by_author) if shape.tag else by_author)
    return conditions


@cache
def chosen(shape: Shape, sort: PostSort, *, after: bool, whole: bool = True) -> AnySelect:
    """The posts of a page in no order, with their authors; unless `whole`, only their validators. Ids are
    selected first, contents joined to them, because MySQL would read every post that is skipped, with its
    content. The join is an outer one, because it is never reordered.
    """
    listed = _listed_by(shape)
    date = "updated_at" if sort.by_update else "publication_date"
    order = listed.by(date)
    names = select(listed.id.label("id")).where(*_conditions(shape, listed))
    if shape.until:
        published: ColumnElement[Any] = listed.table.__table__.c.publication_date
        if sort.by_update:
            # No range of an index: SQLite would take that for one, and sort what is in it.
            published = type_coerce(published, BigInteger) + literal_column("0")
        is_out = published <= _UNTIL
        names = names.where(or_(is_out, listed.author_id == _VIEWER) if shape.viewer else is_out)
    if after:
        names = names.where((Before if sort.is_descending else After)(*order, *PLACE))
    else:
        names = names.offset(_SKIP)
    names = names.order_by(*(each.desc() if sort.is_descending else each for each in order)).limit(LIMIT)
    # MariaDB guesses that another index and a sort are cheaper.
    names = names.with_hint(listed.table, f"FORCE INDEX ({listed.index(date)})", "mysql")
    page = names.subquery("chosen")
    columns = _POST if whole else _STATE
    posts = select(*columns).select_from(page).outerjoin(PostRow, PostRow.id == page.c.id)
    return with_author(posts, PostRow.__table__.c.author_id) if whole else posts


def page_of_posts(query: PostQuery, narrowed: Narrowed, *, whole: bool = True) -> tuple[AnySelect, Values]:
    """A statement for one post more than the page has, as for `chosen`, and its parameters."""
    statement = chosen(narrowed.shape, query.sort, after=query.after is not None, whole=whole)
    where: Values = {"skip": query.skip} if query.after is None else place(query.after)
    return statement, {"limit": query.limit + 1, **where, **narrowed.parameters}


def is_bounded(query: PostQuery) -> bool:
    """Whether the page looks at few rows besides its own. The posts with one tag are not sorted by author."""
    has_index = query.filter.tag is None or query.filter.author_id is None
    return has_index and query.skip <= MAX_LIMIT


@cache
def counted(shape: Shape) -> AnySelect:
    """How many posts these are."""
    date = "publication_date"
    listed = _listed_by(shape)
    count = select(func.count()).select_from(listed.table).where(*_conditions(shape, listed))
    count = count.with_hint(listed.table, f"FORCE INDEX ({listed.index(date)})", "mysql")
    if not shape.until:
        return count
    out = count.where(listed.table.publication_date <= _UNTIL)
    if not shape.viewer:
        return out
    # Two ranges, because the one that has both would have to be looked through post by post.
    index = listed.index(date) if shape.tag else "ix_posts_author_id_status_publication_date_id"
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
        .where(PostTagRow.status == _STATUS, PostTagRow.publication_date <= _UNTIL)
        .group_by(PostTagRow.tag)
        .order_by(PostTagRow.tag)
        .limit(LIMIT)
        .with_hint(PostTagRow, "FORCE INDEX (ix_post_tags_status_tag_publication_date_post_id)", "mysql")
    )
    return statement.where(PostTagRow.tag > _TAG) if after else statement


def page_of_tags(query: TagQuery) -> tuple[AnySelect, Values]:
    """A statement for one tag more than the page has, and its parameters."""
    where: Values = {} if query.after is None else {"tag": query.after}
    values = {"status": PostStatus.PUBLISHED, "until": query.moment, "limit": query.limit + 1}
    return _tags(after=query.after is not None), {**values, **where}


def in_order(rows: list[Any], sort: PostSort) -> list[Any]:
    """The rows of `chosen` as the list has them."""
    date = "updated_at" if sort.by_update else "publication_date"
    return sorted(rows, key=lambda row: Position(getattr(row, date), row.id), reverse=sort.is_descending)
