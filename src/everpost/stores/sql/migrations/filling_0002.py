"""What migration 0002 makes of the data, where SQL alone cannot: page by page, so that a blog of any size
takes little memory.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from everpost.domain.clock import now
from everpost.domain.text import numbered_slug, slug_from
from everpost.stores.sql import types
from everpost.stores.sql.engine import OPEN

UNKNOWN = -1
"""The depth of a comment that no level has reached."""
_PAGE = 1_000

_Rows = Sequence[sa.Row[*tuple[Any, ...]]]

_POSTS = sa.table(
    "posts",
    sa.column("id", types.IdText()),
    sa.column("title", sa.String()),
    sa.column("publication_date", types.Moment()),
    sa.column("updated_at", types.Moment()),
    sa.column("slug", types.ExactText(255)),
    sa.column("tags", types.TextList()),
)
_POST_TAGS = sa.table(
    "post_tags",
    sa.column("post_id", types.IdText()),
    sa.column("tag", types.ExactText(50)),
    sa.column("status", types.Word(16)),
    sa.column("publication_date", types.Moment()),
    sa.column("updated_at", types.Moment()),
)
_COMMENTS = sa.table(
    "comments",
    sa.column("id", types.IdText()),
    sa.column("post_id", types.IdText()),
    sa.column("parent_id", types.IdText()),
    sa.column("content", types.LongText()),
    sa.column("publication_date", types.Moment()),
    sa.column("updated_at", types.Moment()),
    sa.column("version", sa.BigInteger()),
    sa.column("depth", sa.Integer()),
    sa.column("status", types.Word(16)),
    sa.column("reply_count", sa.Integer()),
    sa.column("is_shown", sa.Boolean()),
)
_BLOG = sa.table(
    "blog",
    sa.column("number", sa.SmallInteger()),
    sa.column("comment_policy", types.Word(16)),
    sa.column("address_key", sa.LargeBinary()),
    sa.column("updated_at", types.Moment()),
    sa.column("version", sa.BigInteger()),
)


def fill_settings(connection: Connection) -> None:
    """Those that a new blog has."""
    settings = {"comment_policy": "moderated", "address_key": secrets.token_bytes(32)}
    connection.execute(sa.insert(_BLOG), {"number": 1, **settings, "updated_at": now(), "version": 1})


def fill_slugs(connection: Connection) -> None:
    """One for each post without, from its title, the oldest post first."""
    post = _POSTS.c
    unnamed = sa.select(post.id, post.title, post.publication_date).where(post.slug.is_(None))
    unnamed = unnamed.order_by(post.publication_date, post.id).limit(_PAGE)
    name = sa.update(_POSTS).where(post.id == sa.bindparam("this")).values(slug=sa.bindparam("new_slug"))
    counted: dict[str, int] = {}
    with _in_one_go(connection):
        while rows := connection.execute(unnamed).all():
            slugs = _free_slugs(connection, [slug_from(row.title) for row in rows], counted)
            connection.execute(
                name, [{"this": row.id, "new_slug": slug} for row, slug in zip(rows, slugs, strict=True)]
            )


def _free_slugs(connection: Connection, wanted: Sequence[str], counted: dict[str, int]) -> Iterator[str]:
    """For each slug the next free one that is made from it; `counted` keeps how far those got that several
    wanted.
    """
    taken = _taken(connection, set(wanted))
    for slug in wanted:
        free, number = slug, counted.get(slug, 1)
        while free in taken or (number > 1 and _taken(connection, {free})):
            number += 1
            free = numbered_slug(slug, number)
            counted[slug] = number
        taken.add(free)
        yield free


def _taken(connection: Connection, slugs: Iterable[str]) -> set[str]:
    return set(connection.scalars(sa.select(_POSTS.c.slug).where(_POSTS.c.slug.in_(slugs))))


def fill_tags(connection: Connection) -> None:
    """A row for each tag of each post."""
    post = _POSTS.c
    posts = sa.select(post.id, post.tags, post.publication_date, post.updated_at)
    with _in_one_go(connection):
        for rows in _pages(connection, posts, post.id):
            tagged = [
                {
                    "post_id": row.id,
                    "tag": tag,
                    "status": "published",
                    "publication_date": row.publication_date,
                    "updated_at": row.updated_at,
                }
                for row in rows
                for tag in dict.fromkeys(row.tags)
            ]
            if tagged:
                connection.execute(sa.insert(_POST_TAGS), tagged)


def fill_threads(connection: Connection) -> None:
    """Give every comment its place: what was answered and is gone gets a tombstone, an answer to a comment
    of another post, or in a circle, answers none; then depths and counts, level by level.
    """
    with _in_one_go(connection):
        _put_tombstones(connection)
        _cut(connection, _answers_across_posts())
        _fill_depths(connection)
        if _cut(connection, _answers_in_circles()):
            _fill_depths(connection)


def _put_tombstones(connection: Connection) -> None:
    answer, answered = _COMMENTS.c, _COMMENTS.alias("answered")
    missing = (
        sa.select(answer.parent_id)
        .distinct()
        .select_from(_COMMENTS.outerjoin(answered, answered.c.id == answer.parent_id))
        .where(answer.parent_id.is_not(None), answered.c.id.is_(None))
    )
    oldest = (
        sa.select(answer.post_id, answer.publication_date, answer.updated_at)
        .where(answer.parent_id == sa.bindparam("answered", type_=types.IdText()))
        .order_by(answer.publication_date, answer.id)
        .limit(1)
    )
    nothing_left = {"content": "", "version": 1, "depth": 0, "status": "removed"}
    for rows in _pages(connection, missing, answer.parent_id):
        tombstones = [
            {
                "id": row.parent_id,
                **nothing_left,
                **connection.execute(oldest, {"answered": row.parent_id}).one()._asdict(),
            }
            for row in rows
        ]
        connection.execute(sa.insert(_COMMENTS), tombstones)


def _answers_across_posts() -> sa.Select[Any]:
    answered = _COMMENTS.alias("answered")
    return _answers_to(answered).where(answered.c.post_id != _COMMENTS.c.post_id)


def _answers_in_circles() -> sa.Select[Any]:
    """Of each circle at least one: somewhere in it a comment answers one that comes after it."""
    answer, answered = _COMMENTS.c, _COMMENTS.alias("answered")
    is_later = sa.or_(
        answered.c.publication_date > answer.publication_date,
        sa.and_(answered.c.publication_date == answer.publication_date, answered.c.id >= answer.id),
    )
    return _answers_to(answered).where(answer.depth == UNKNOWN, answered.c.depth == UNKNOWN, is_later)


def _answers_to(answered: sa.FromClause) -> sa.Select[Any]:
    return sa.select(_COMMENTS.c.id).select_from(
        _COMMENTS.join(answered, answered.c.id == _COMMENTS.c.parent_id)
    )


def _cut(connection: Connection, answers: sa.Select[Any]) -> bool:
    """Let these answer none; whether there were any."""
    comment, found = _COMMENTS.c, False
    for rows in _pages(connection, answers, comment.id):
        cut = sa.update(_COMMENTS).where(comment.id.in_([row.id for row in rows]))
        connection.execute(cut.values(parent_id=None))
        found = True
    return found


def _fill_depths(connection: Connection) -> None:
    """Of every comment that a way leads up from, and how many answer it."""
    comment = _COMMENTS.c
    connection.execute(sa.update(_COMMENTS).where(comment.parent_id.is_(None)).values(depth=0))
    depth, found = 0, True
    while found:
        found = False
        for rows in _pages(connection, sa.select(comment.id).where(comment.depth == depth), comment.id):
            found = True
            answers = comment.parent_id.in_([row.id for row in rows])
            connection.execute(sa.update(_COMMENTS).where(answers).values(depth=depth + 1))
            _fill_counts(connection, answers)
        depth += 1


def _fill_counts(connection: Connection, answers: sa.ColumnElement[bool]) -> None:
    comment = _COMMENTS.c
    counts = connection.execute(
        sa.select(sa.func.count().label("answers"), comment.parent_id)
        .where(answers)
        .group_by(comment.parent_id)
        .order_by(sa.text("answers"))
    ).all()
    for count, rows in groupby(counts, key=lambda row: row.answers):
        answered = comment.id.in_([row.parent_id for row in rows])
        connection.execute(sa.update(_COMMENTS).where(answered).values(reply_count=count))


def _pages(connection: Connection, statement: sa.Select[Any], key: sa.ColumnElement[Any]) -> Iterator[_Rows]:
    """The rows of a statement in the order of one of its columns, which is unique in it."""
    ordered = statement.order_by(key).limit(_PAGE)
    rows = connection.execute(ordered).all()
    while rows:
        yield rows
        last = getattr(rows[-1], key.key or "")
        rows = connection.execute(ordered.where(key > last)).all()


@contextmanager
def _in_one_go(connection: Connection) -> Iterator[None]:
    """MySQL would write each row to the disk by itself; the others are in a transaction already."""
    if connection.dialect.name != "mysql":
        yield
        return
    connection.exec_driver_sql("START TRANSACTION")
    connection.info[OPEN] = True
    yield
    connection.exec_driver_sql("COMMIT")
    del connection.info[OPEN]
