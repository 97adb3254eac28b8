"""Statements for posts with their oldest comments, and for the validators of posts."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, null, select, type_coerce, union_all

from everpost.domain.ids import Id
from everpost.domain.posts import PostKey
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import BlogRow, CommentRow, PostPathRow, PostRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries.selects import (
    AnySelect,
    AnyUnion,
    id_parameters,
    padded,
    shown,
    union_of,
    with_author,
)

_NAMES = select(BlogRow.names_stamp).where(BlogRow.number == 1).scalar_subquery().label("names")
_POSTS = PostRow.__table__
BLOG_PREFIX = "blog_"
"""Prefix of the columns of the settings in a row of `comment_contexts`."""
VALIDATOR = (_POSTS.c.version, _POSTS.c.stamp, _NAMES)


def _columns(posts: FromClause) -> Sequence[ColumnElement[Any]]:
    """The columns of a post, in the shape shared with comments."""
    return (
        posts.c.id,
        posts.c.id.label("post_id"),
        posts.c.content,
        posts.c.publication_date,
        posts.c.updated_at,
        posts.c.status,
        posts.c.version,
        posts.c.stamp,
        _NAMES,
        posts.c.title,
        posts.c.slug,
        posts.c.tags,
        posts.c.format,
        posts.c.kind,
        posts.c.summary,
        posts.c.paths,
        posts.c.cover,
        posts.c.trashed_at,
        posts.c.former_status,
        posts.c.comment_count,
        posts.c.comment_policy,
        # Columns of a comment that a post does not have.
        type_coerce(null(), IdText).label("parent_id"),
        null().label("depth"),
        null().label("guest_name"),
        type_coerce(null(), CommentRow.key_digest.type).label("key_digest"),
        type_coerce(null(), IdText).label("editor_id"),
        type_coerce(null(), Moment).label("edited_at"),
        null().label("reply_count"),
    )


def posts_of(posts: FromClause) -> AnySelect:
    """Select the posts in a table with the columns of `PostRow`."""
    return with_author(select(*_columns(posts)).select_from(posts), posts.c.author_id)


def with_threads(posts: AnySelect, post_ids: Sequence[ColumnElement[Any]]) -> AnyUnion:
    """Select the posts and the oldest `:comments` comments of each, as rows of one shape. One statement sees
    one state of the database. The row of a comment has no `comment_count`.
    """
    heads = union_of([shown(each) for each in post_ids])
    names = [str(column.key) for column in _columns(_POSTS)]
    thread = select(*(heads.c.get(name, null()) for name in names)).select_from(heads)
    return union_all(posts, with_author(thread, heads.c.author_id))


_KEYS = {
    PostKey.SLUG: (PostRow.slug, PostRow.id),
    PostKey.PATH: (PostPathRow.path, PostPathRow.post_id),
}
"""The columns with the value and the id."""


@cache
def post_by(key: PostKey) -> AnyUnion:
    """Select the post with the slug or the old path `:value`."""
    value, post_id = _KEYS[key]
    found = select(post_id).where(value == bindparam("value", type_=value.type)).scalar_subquery()
    return with_threads(posts_of(_POSTS).where(PostRow.id == found), [found])


def posts(ids: Sequence[Id], comments: int) -> tuple[AnySelect | AnyUnion, Values]:
    """Return a statement for these posts, at most `MAX_IDS`, each with up to this many comments, and its
    parameters.
    """
    size, values = padded("post", ids)
    if comments == 0:
        return _bare_posts(size), values
    return _posts_with_threads(size), values | {"comments": comments}


@cache
def _bare_posts(size: int) -> AnySelect:
    return posts_of(_POSTS).where(PostRow.id.in_(id_parameters("post", size)))


@cache
def _posts_with_threads(size: int) -> AnyUnion:
    ids = id_parameters("post", size)
    return with_threads(posts_of(_POSTS).where(PostRow.id.in_(ids)), ids)


def comment_contexts(ids: Sequence[Id]) -> tuple[AnySelect, Values]:
    """Return a statement for these posts, at most `MAX_IDS`, each with the settings, and its parameters."""
    size, values = padded("post", ids)
    return _comment_contexts(size), values


@cache
def _comment_contexts(size: int) -> AnySelect:
    settings = (column.label(f"{BLOG_PREFIX}{column.key}") for column in BlogRow.__table__.c)
    return _bare_posts(size).add_columns(*settings).join(BlogRow, BlogRow.number == 1)


def validators(ids: Sequence[Id]) -> tuple[AnySelect, Values]:
    """Return a statement for the validators of these posts, at most `MAX_IDS`, and its parameters."""
    size, values = padded("post", ids)
    return _validators(size), values


def key_validators(key: PostKey, values: Sequence[str]) -> tuple[AnySelect, Values]:
    """Return a statement for the validators of the posts with these slugs or old paths, at most `MAX_IDS`,
    and its parameters.
    """
    size, parameters = padded("value", values)
    return _key_validators(key, size), parameters


@cache
def _key_validators(key: PostKey, size: int) -> AnySelect:
    value, post_id = _KEYS[key]
    found = select(value.label("value"), PostRow.id, *VALIDATOR)
    if key is PostKey.PATH:
        found = found.join(PostRow, PostRow.id == post_id)
    return found.where(value.in_(id_parameters("value", size, value.type)))


@cache
def _validators(size: int) -> AnySelect:
    return select(PostRow.id, *VALIDATOR).where(PostRow.id.in_(id_parameters("post", size)))
