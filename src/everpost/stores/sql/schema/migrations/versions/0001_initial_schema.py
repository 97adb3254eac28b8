"""initial schema"""

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

from everpost.domain.clock import now
from everpost.domain.revisions import new_stamp
from everpost.stores.sql.model import typed_text, types

revision = "0001"
down_revision = None

_TABLE: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}

DATA = {
    "blog": sa.column("version") > 1,
    "transfers": sa.column("digest").is_(None),
    "post_tags": sa.false(),
    "post_paths": sa.false(),
    "tallies": sa.false(),
    "removed_users": sa.false(),
}
"""The condition for rows that a downgrade would lose. In a table not listed here, all rows are."""


def upgrade() -> None:
    _create_users()
    _create_removed_users()
    _create_tokens()
    _create_passkeys()
    _create_posts()
    _create_post_tags()
    _create_post_paths()
    _create_comments()
    _create_working_copies()
    _create_tallies()
    blog = _create_blog()
    _create_transfers()
    _fill_in_settings(blog)


def downgrade() -> None:
    tables = ("transfers", "blog", "tallies", "working_copies", "comments", "post_paths", "post_tags")
    for name in (*tables, "posts", "passkeys", "tokens", "removed_users", "users"):
        op.drop_table(name)


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", types.ExactText(254), nullable=False),
        sa.Column("role", types.Word(16), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", types.Moment(), nullable=True),
        sa.Column("password_hash", sa.String(255), nullable=True),
        sa.Column("name_key", types.Word(64), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
        **_TABLE,
    )
    _index("users", "created_at", "id")
    _index("users", "name_key")


def _create_removed_users() -> None:
    op.create_table(
        "removed_users",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **_TABLE,
    )


def _create_tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("user_id", types.IdText(24), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", types.TextList(), nullable=False),
        sa.Column("digest", types.ExactText(64), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=True),
        sa.Column("last_used_at", types.Moment(), nullable=True),
        sa.Column("kind", types.Word(16), nullable=False),
        sa.Column("login_id", types.IdText(24), nullable=True),
        _reference("tokens", "user_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
        **_TABLE,
    )
    _index("tokens", "user_id", "created_at", "id")


def _create_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("user_id", types.IdText(24), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("credential_id", types.LongText(), nullable=False),
        sa.Column("public_key", types.LongText(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        _reference("passkeys", "user_id"),
        sa.PrimaryKeyConstraint("id"),
        **_TABLE,
    )
    _index("passkeys", "user_id", "created_at", "id")


def _create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("content", types.LongText(), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("slug", types.ExactText(255), nullable=False),
        sa.Column("tags", types.TextList(), nullable=False),
        sa.Column("format", types.Word(16), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.Column("status", types.Word(16), nullable=False),
        sa.Column("kind", types.Word(16), nullable=False),
        sa.Column("summary", sa.String(500), nullable=True),
        sa.Column("paths", types.TextList(), nullable=False),
        sa.Column("author_id", types.IdText(24), nullable=True),
        sa.Column("comment_policy", types.Word(16), nullable=True),
        sa.Column("preview_nonce", sa.BigInteger(), nullable=True),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        _reference("posts", "author_id", "users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug", name=op.f("uq_posts_slug")),
        **_TABLE,
    )
    for date in ("publication_date", "updated_at"):
        _index("posts", "author_id", "status", "kind", date, "id")
        _index("posts", "status", "kind", date, "id")


def _create_post_tags() -> None:
    op.create_table(
        "post_tags",
        sa.Column("post_id", types.IdText(24), nullable=False),
        sa.Column("tag", types.ExactText(50), nullable=False),
        sa.Column("status", types.Word(16), nullable=False),
        sa.Column("kind", types.Word(16), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        _reference("post_tags", "post_id", "posts"),
        sa.PrimaryKeyConstraint("post_id", "tag"),
        **_TABLE,
    )
    _index("post_tags", "status", "kind", "tag", "publication_date", "post_id")
    _index("post_tags", "status", "kind", "tag", "updated_at", "post_id")


def _create_post_paths() -> None:
    op.create_table(
        "post_paths",
        sa.Column("path", types.ExactText(500), nullable=False),
        sa.Column("post_id", types.IdText(24), nullable=False),
        _reference("post_paths", "post_id", "posts"),
        sa.PrimaryKeyConstraint("path"),
        **_TABLE,
    )
    _index("post_paths", "post_id")


def _create_comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("post_id", types.IdText(24), nullable=False),
        sa.Column("parent_id", types.IdText(24), nullable=True),
        sa.Column("content", types.LongText(), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("status", types.Word(16), nullable=False),
        sa.Column("author_id", types.IdText(24), nullable=True),
        sa.Column("guest_name", sa.String(100), nullable=True),
        sa.Column("key_digest", types.ExactText(64), nullable=True),
        sa.Column("editor_id", types.IdText(24), nullable=True),
        sa.Column("edited_at", types.Moment(), nullable=True),
        sa.Column("reply_count", sa.Integer(), nullable=False),
        sa.Column("is_shown", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        _reference("comments", "post_id", "posts"),
        sa.PrimaryKeyConstraint("id"),
        **_TABLE,
    )
    _index("comments", "post_id", "is_shown", "publication_date", "id")
    _index("comments", "post_id", "parent_id", "is_shown", "publication_date", "id")
    _index("comments", "status", "publication_date", "id")


def _create_working_copies() -> None:
    op.create_table(
        "working_copies",
        sa.Column("id", types.IdText(48), nullable=False),
        sa.Column("user_id", types.IdText(24), nullable=False),
        sa.Column("post_id", types.IdText(24), nullable=False),
        sa.Column("title", types.LongText(), nullable=True),
        sa.Column("text", typed_text.TypedText(), nullable=False),
        sa.Column("base", typed_text.BaseOfCopy(), nullable=True),
        sa.Column("base_updated_at", types.Moment(), nullable=True),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        _reference("working_copies", "user_id"),
        sa.PrimaryKeyConstraint("id"),
        **_TABLE,
    )
    _index("working_copies", "user_id", "updated_at", "post_id")


def _create_tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("key", types.ExactText(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        **_TABLE,
    )
    _index("tallies", "until")


def _create_blog() -> sa.Table:
    return op.create_table(
        "blog",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_policy", types.Word(16), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("description", sa.String(500), nullable=False),
        sa.Column("language", types.Word(35), nullable=False),
        sa.Column("time_zone", types.Word(64), nullable=False),
        sa.Column("base_url", types.Word(255), nullable=True),
        sa.Column("permalink", types.ExactText(100), nullable=False),
        sa.Column("navigation", types.Navigation(), nullable=False),
        sa.Column("posts_per_page", sa.SmallInteger(), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("names_stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        **_TABLE,
    )


def _create_transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", types.ExactText(64), nullable=False),
        sa.Column("digest", types.ExactText(64), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        **_TABLE,
    )


def _reference(table: str, column: str, to: str = "users", ondelete: str = "CASCADE") -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _fill_in_settings(blog: sa.Table) -> None:
    """Insert the settings of a new blog."""
    settings = {
        "comment_policy": "moderated",
        "title": "",
        "description": "",
        "language": "en",
        "time_zone": "UTC",
        "permalink": "/{slug}",
        "navigation": (),
        "posts_per_page": 10,
        "address_key": secrets.token_bytes(32),
        "updated_at": now(),
    }
    stamps = {"stamp": new_stamp(), "names_stamp": new_stamp()}
    op.bulk_insert(blog, [{"number": 1, **settings, "version": 1, **stamps}])
