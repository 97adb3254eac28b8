"""Writing records as they are, many at once, whatever was there before."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Dialect,
    Insert,
    Update,
    bindparam,
    delete,
    literal,
    update,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.domain.records import Batch, Record
from everpost.domain.revisions import new_stamp
from everpost.domain.tokens import Token
from everpost.domain.users import User
from everpost.stores.sql import reading
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.rows import (
    Values,
    comment_values,
    post_values,
    tag_values,
    token_values,
    user_values,
)
from everpost.stores.sql.tables import BlogRow, CommentRow, PostRow, PostTagRow, TokenRow, UserRow
from everpost.stores.sql.types import Moment

Kind = TypeVar("Kind", User, Token, Post, Comment)

_NAMED_AT_ONCE = 500
_FORGET_USERS = delete(UserRow).where(UserRow.id == reading.ID)
_FORGET_TOKENS = delete(TokenRow).where(TokenRow.id == reading.ID)
_FORGET_POSTS = delete(PostRow).where(PostRow.id == reading.ID)
_FORGET_COMMENTS = delete(CommentRow).where(
    CommentRow.id == reading.ID,
    CommentRow.post_id == reading.POST_ID,
    CommentRow.publication_date == bindparam("date", type_=Moment),
)
_SETTINGS = update(BlogRow)
_STAMP_POSTS = (
    update(PostRow)
    .where(PostRow.id.in_(bindparam("posts", expanding=True)))
    .values(stamp=bindparam("new_stamp", type_=PostRow.stamp.type))
)
_FORGET_TAGS = delete(PostTagRow).where(PostTagRow.post_id.in_(bindparam("posts", expanding=True)))


def _parking(table: type[UserRow | TokenRow | PostRow], name: str) -> Update:
    """Take what is unique from whoever has it. No slug, address or digest begins with this sign."""
    holds_it = table.__table__.c[name].in_(bindparam("wanted", expanding=True))
    return update(table).where(holds_it).values({name: literal("~").concat(table.id)})


_PARK_USERS = _parking(UserRow, "email_key")
_PARK_TOKENS = _parking(TokenRow, "digest")
_PARK_POSTS = _parking(PostRow, "slug")


class Mover:
    """Writes batches in the dialect of one engine."""

    def __init__(self, dialect: Dialect) -> None:
        tables = (UserRow, TokenRow, PostRow, CommentRow)
        users, tokens, posts, comments = (_keeping(dialect, table.__table__) for table in tables)
        self._keep_users = users
        self._keep_tokens = tokens
        self._keep_posts = posts
        self._keep_comments = comments
        self._keep_tags = _keeping(dialect, PostTagRow.__table__)

    async def write(self, transaction: Transaction, batch: Batch) -> None:
        """All of a batch, in the transaction: first what is erased goes."""
        await self._erase(transaction, batch.erased)
        for blog in (each for each in batch.kept if isinstance(each, Blog)):
            await transaction.execute(_SETTINGS.values(_blog_values(blog)))
        users, tokens = _of(User, batch.kept), _of(Token, batch.kept)
        user_rows, token_rows = [*map(user_values, users)], [*map(token_values, tokens)]
        await _park(transaction, _PARK_USERS, [row["email_key"] for row in user_rows])
        await _each(transaction, self._keep_users, user_rows)
        await _park(transaction, _PARK_TOKENS, [row["digest"] for row in token_rows])
        await _each(transaction, self._keep_tokens, token_rows)
        await self._keep_all_posts(transaction, _of(Post, batch.kept))
        await _each(transaction, self._keep_comments, [*map(comment_values, _of(Comment, batch.kept))])
        commented = {each.post_id for each in _of(Comment, [*batch.kept, *batch.erased])}
        for ids in _slices(list(commented)):
            await transaction.execute(_STAMP_POSTS, {"posts": ids, "new_stamp": new_stamp()})

    async def _keep_all_posts(self, transaction: Transaction, posts: Sequence[Post]) -> None:
        await _park(transaction, _PARK_POSTS, [post.slug for post in posts])
        for ids in _slices([post.id for post in posts]):
            await transaction.execute(_FORGET_TAGS, {"posts": ids})
        await _each(transaction, self._keep_posts, [*map(post_values, posts)])
        await _each(transaction, self._keep_tags, [row for post in posts for row in tag_values(post)])

    async def _erase(self, transaction: Transaction, erased: Sequence[Record]) -> None:
        comments = [
            {"this": each.id, "of_post": each.post_id, "date": each.publication_date}
            for each in _of(Comment, erased)
        ]
        await _each(transaction, _FORGET_COMMENTS, comments)
        await _each(transaction, _FORGET_POSTS, [{"this": each.id} for each in _of(Post, erased)])
        await _each(transaction, _FORGET_TOKENS, [{"this": each.id} for each in _of(Token, erased)])
        await _each(transaction, _FORGET_USERS, [{"this": each.id} for each in _of(User, erased)])


def _keeping(dialect: Dialect, table: Any) -> Insert:  # noqa: ANN401 - a mapped class says FromClause
    """A statement that makes a row what its parameters say, new or not."""
    names = [column.key for column in table.c if not column.primary_key]
    if dialect.name == "mysql":
        adding = mysql.insert(table)
        return adding.on_duplicate_key_update({name: adding.inserted[name] for name in names})
    if dialect.name == "postgresql":
        upserting = postgresql.insert(table)
        changes = {name: upserting.excluded[name] for name in names}
        return upserting.on_conflict_do_update(constraint=table.primary_key, set_=changes)
    inserting = sqlite.insert(table)
    changes = {name: inserting.excluded[name] for name in names}
    return inserting.on_conflict_do_update(index_elements=[*table.primary_key.columns], set_=changes)


async def _each(transaction: Transaction, statement: Any, rows: Sequence[Values]) -> None:  # noqa: ANN401
    if rows:
        await transaction.execute(statement, rows)


async def _park(transaction: Transaction, parking: Update, wanted: Sequence[object]) -> None:
    for some in _slices(wanted):
        await transaction.execute(parking, {"wanted": some})


def _slices(values: Sequence[object]) -> Iterator[list[object]]:
    each = iter(values)
    while some := list(islice(each, _NAMED_AT_ONCE)):
        yield some


def _of(kind: type[Kind], records: Sequence[Record]) -> list[Kind]:
    return [record for record in records if isinstance(record, kind)]


def _blog_values(blog: Blog) -> Values:
    return {
        "comment_policy": blog.comment_policy,
        "address_key": blog.address_key,
        "updated_at": blog.updated_at,
        "version": blog.version,
        "stamp": new_stamp(),
    }
