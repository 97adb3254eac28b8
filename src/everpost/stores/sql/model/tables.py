"""The tables. A change of a column needs a migration: `alembic revision --autogenerate -m ...`.

Everpost itself writes with Core statements only. The relationships are for your own code that reads with a
session (`everpost.models`): they are view-only and never load implicitly, and a session's flush is refused.

`stamp` is a random number that each write renews (`domain.revisions.new_stamp`). With `version` it identifies
one state of a row, even if two histories of a database reached the same version. It is never moved.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from everpost.domain.blog import (
    MAX_BASE_URL,
    MAX_BLOG_TITLE,
    MAX_DESCRIPTION,
    MAX_LANGUAGE,
    MAX_TIME_ZONE,
    NavigationLink,
)
from everpost.domain.comments import MAX_GUEST_NAME
from everpost.domain.ids import Id
from everpost.domain.people.tokens import MAX_TOKEN_NAME
from everpost.domain.people.users import MAX_EMAIL, MAX_NAME
from everpost.domain.permalinks import MAX_PERMALINK
from everpost.domain.posts import MAX_COVER, MAX_PATH, MAX_SLUG, MAX_SUMMARY, MAX_TAG, MAX_TITLE
from everpost.domain.writing.saved_copies import WORKING_COPY_ID_LENGTH
from everpost.domain.writing.working_copies import PostBase, PostText
from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.typed_text import BaseOfCopy, TypedText
from everpost.stores.sql.model.types import ExactText, IdText, LongText, Moment, Navigation, TextList, Word

MYSQL_TABLE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}
KIND_LENGTH = 16
"""The length of a status, a kind, a role or a policy."""
DIGEST_LENGTH = 64


class UserRow(Base):
    """A user. `email_key` is the unique form of the address; names that look alike share a `name_key`."""

    __tablename__ = "users"
    __table_args__ = (Index(None, "created_at", "id"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    email: Mapped[str] = mapped_column(String(MAX_EMAIL))
    email_key: Mapped[str] = mapped_column(ExactText(MAX_EMAIL), unique=True)
    role: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    name_key: Mapped[str] = mapped_column(Word(DIGEST_LENGTH), index=True)
    stamp: Mapped[int] = mapped_column(BigInteger)

    posts: Mapped[list["PostRow"]] = relationship(
        viewonly=True, lazy="raise", order_by=lambda: (PostRow.publication_date, PostRow.id)
    )
    comments: Mapped[list["CommentRow"]] = relationship(
        primaryjoin=lambda: UserRow.id == foreign(CommentRow.author_id),
        viewonly=True,
        lazy="raise",
        order_by=lambda: (CommentRow.publication_date, CommentRow.id),
    )
    tokens: Mapped[list["TokenRow"]] = relationship(
        viewonly=True, lazy="raise", order_by=lambda: (TokenRow.created_at, TokenRow.id)
    )


class RemovedUserRow(Base):
    """The id of a removed user. It is not reused, because comments may still refer to it."""

    __tablename__ = "removed_users"
    __table_args__ = (MYSQL_TABLE,)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)


class TokenRow(Base):
    """A token, without its secret. `login_id` is no foreign key, because tokens arrive in any order."""

    __tablename__ = "tokens"
    __table_args__ = (Index(None, "user_id", "created_at", "id"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    user_id: Mapped[Id] = mapped_column(IdText, ForeignKey(UserRow.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(MAX_TOKEN_NAME))
    scopes: Mapped[Sequence[str]] = mapped_column(TextList)
    digest: Mapped[str] = mapped_column(ExactText(DIGEST_LENGTH), unique=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    login_id: Mapped[Id | None] = mapped_column(IdText)

    user: Mapped[UserRow] = relationship(viewonly=True, lazy="raise")


class PostRow(Base):
    """A post. `tags` and `paths` are the lists to read, in order; `PostTagRow` serves lists by tag, and
    `PostPathRow` makes paths unique.
    """

    __tablename__ = "posts"
    __table_args__ = (
        Index(None, "status", "kind", "publication_date", "id"),
        Index(None, "status", "kind", "updated_at", "id"),
        Index(None, "author_id", "status", "kind", "publication_date", "id"),
        Index(None, "author_id", "status", "kind", "updated_at", "id"),
        MYSQL_TABLE,
    )

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    content: Mapped[str] = mapped_column(LongText)
    publication_date: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    slug: Mapped[str] = mapped_column(ExactText(MAX_SLUG), unique=True)
    tags: Mapped[Sequence[str]] = mapped_column(TextList)
    format: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    comment_count: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    kind: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    summary: Mapped[str | None] = mapped_column(String(MAX_SUMMARY))
    paths: Mapped[Sequence[str]] = mapped_column(TextList)
    author_id: Mapped[Id | None] = mapped_column(IdText, ForeignKey(UserRow.id, ondelete="SET NULL"))
    comment_policy: Mapped[str | None] = mapped_column(Word(KIND_LENGTH))
    preview_nonce: Mapped[int | None] = mapped_column(BigInteger)
    cover: Mapped[str | None] = mapped_column(String(MAX_COVER))
    trashed_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    former_status: Mapped[str | None] = mapped_column(Word(KIND_LENGTH))
    revision_number: Mapped[int] = mapped_column(Integer)
    edited_by_id: Mapped[Id | None] = mapped_column(IdText)
    edit_began_at: Mapped[datetime | None] = mapped_column(Moment)
    stamp: Mapped[int] = mapped_column(BigInteger)

    author: Mapped[UserRow | None] = relationship(viewonly=True, lazy="raise")
    comments: Mapped[list["CommentRow"]] = relationship(
        viewonly=True, lazy="raise", order_by=lambda: (CommentRow.publication_date, CommentRow.id)
    )
    tagged: Mapped[list["PostTagRow"]] = relationship(viewonly=True, lazy="raise")


class PostTagRow(Base):
    """A tag of a post, with the columns that posts are listed by, so that the list of a tag is a range of an
    index.
    """

    __tablename__ = "post_tags"
    __table_args__ = (
        Index(None, "status", "kind", "tag", "publication_date", "post_id"),
        Index(None, "status", "kind", "tag", "updated_at", "post_id"),
        MYSQL_TABLE,
    )

    post_id: Mapped[Id] = mapped_column(IdText, ForeignKey(PostRow.id, ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(ExactText(MAX_TAG), primary_key=True)
    status: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    kind: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    publication_date: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    post: Mapped[PostRow] = relationship(viewonly=True, lazy="raise")


class PostPathRow(Base):
    """An old path of a post."""

    __tablename__ = "post_paths"
    __table_args__ = (MYSQL_TABLE,)

    path: Mapped[str] = mapped_column(ExactText(MAX_PATH), primary_key=True)
    post_id: Mapped[Id] = mapped_column(IdText, ForeignKey(PostRow.id, ondelete="CASCADE"), index=True)

    post: Mapped[PostRow] = relationship(viewonly=True, lazy="raise")


class CommentRow(Base):
    """A comment. `author_id` and `editor_id` are no foreign keys: a removed user reads as no user. `is_shown`
    is that of `Comment`, stored so that the shown comments of a thread are a range of an index.
    """

    __tablename__ = "comments"
    __table_args__ = (
        Index(None, "post_id", "is_shown", "publication_date", "id"),
        Index(None, "post_id", "parent_id", "is_shown", "publication_date", "id"),
        Index(None, "status", "publication_date", "id"),
        MYSQL_TABLE,
    )

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    post_id: Mapped[Id] = mapped_column(IdText, ForeignKey(PostRow.id, ondelete="CASCADE"))
    parent_id: Mapped[Id | None] = mapped_column(IdText)
    content: Mapped[str] = mapped_column(LongText)
    publication_date: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    depth: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    author_id: Mapped[Id | None] = mapped_column(IdText)
    guest_name: Mapped[str | None] = mapped_column(String(MAX_GUEST_NAME))
    key_digest: Mapped[str | None] = mapped_column(ExactText(DIGEST_LENGTH))
    editor_id: Mapped[Id | None] = mapped_column(IdText)
    edited_at: Mapped[datetime | None] = mapped_column(Moment)
    reply_count: Mapped[int] = mapped_column(Integer)
    is_shown: Mapped[bool] = mapped_column(Boolean)
    stamp: Mapped[int] = mapped_column(BigInteger)

    post: Mapped[PostRow] = relationship(viewonly=True, lazy="raise")
    author: Mapped[UserRow | None] = relationship(
        primaryjoin=lambda: foreign(CommentRow.author_id) == UserRow.id, viewonly=True, lazy="raise"
    )
    editor: Mapped[UserRow | None] = relationship(
        primaryjoin=lambda: foreign(CommentRow.editor_id) == UserRow.id, viewonly=True, lazy="raise"
    )
    parent: Mapped["CommentRow | None"] = relationship(
        primaryjoin=lambda: foreign(CommentRow.parent_id) == remote(CommentRow.id),
        viewonly=True,
        lazy="raise",
    )
    replies: Mapped[list["CommentRow"]] = relationship(
        primaryjoin=lambda: remote(foreign(CommentRow.parent_id)) == CommentRow.id,
        viewonly=True,
        lazy="raise",
        order_by=lambda: (CommentRow.publication_date, CommentRow.id),
    )


class WorkingCopyRow(Base):
    """A working copy. `post_id` is no foreign key, because the post need not exist. `text` has every field
    but the title, which lists show.
    """

    __tablename__ = "working_copies"
    __table_args__ = (Index(None, "user_id", "updated_at", "post_id"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText(WORKING_COPY_ID_LENGTH), primary_key=True)
    user_id: Mapped[Id] = mapped_column(IdText, ForeignKey(UserRow.id, ondelete="CASCADE"))
    post_id: Mapped[Id] = mapped_column(IdText)
    title: Mapped[str | None] = mapped_column(LongText)
    text: Mapped[PostText] = mapped_column(TypedText)
    base: Mapped[PostBase | None] = mapped_column(BaseOfCopy)
    base_updated_at: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    stamp: Mapped[int] = mapped_column(BigInteger)


class RateLimitRow(Base):
    """The number of attempts in the current window of a rate limit."""

    __tablename__ = "tallies"
    __table_args__ = (Index(None, "until"), MYSQL_TABLE)

    key: Mapped[str] = mapped_column(ExactText(DIGEST_LENGTH), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    until: Mapped[datetime] = mapped_column(Moment)


class BlogRow(Base):
    """The settings, in a single row with the number 1. `names_stamp` is renewed by each transaction that
    changes the settings or a name, disables, adds or removes a user, or writes a batch of a move
    (`settings.renew_names`).
    """

    __tablename__ = "blog"
    __table_args__ = (MYSQL_TABLE,)

    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    comment_policy: Mapped[str] = mapped_column(Word(KIND_LENGTH))
    title: Mapped[str] = mapped_column(String(MAX_BLOG_TITLE))
    description: Mapped[str] = mapped_column(String(MAX_DESCRIPTION))
    language: Mapped[str] = mapped_column(Word(MAX_LANGUAGE))
    time_zone: Mapped[str] = mapped_column(Word(MAX_TIME_ZONE))
    base_url: Mapped[str | None] = mapped_column(Word(MAX_BASE_URL))
    permalink: Mapped[str] = mapped_column(ExactText(MAX_PERMALINK))
    navigation: Mapped[Sequence[NavigationLink]] = mapped_column(Navigation)
    posts_per_page: Mapped[int] = mapped_column(SmallInteger)
    address_key: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(BigInteger)
    stamp: Mapped[int] = mapped_column(BigInteger)
    names_stamp: Mapped[int] = mapped_column(BigInteger)


class TransferRow(Base):
    """The latest move into this database, in a single row with the number 1."""

    __tablename__ = "transfers"
    __table_args__ = (MYSQL_TABLE,)

    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(ExactText(DIGEST_LENGTH))
    digest: Mapped[str | None] = mapped_column(ExactText(DIGEST_LENGTH))
