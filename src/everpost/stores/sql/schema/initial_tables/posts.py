"""Tables of posts and comments."""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql.model import types
from everpost.stores.sql.schema.initial_tables.parts import TABLE, index, reference


def create_posts() -> None:
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
        sa.Column("cover", sa.String(2000), nullable=True),
        sa.Column("trashed_at", types.Moment(), nullable=True),
        sa.Column("former_status", types.Word(16), nullable=True),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        sa.Column("edited_by_id", types.IdText(24), nullable=True),
        sa.Column("edit_began_at", types.Moment(), nullable=True),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        reference("posts", "author_id", "users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug", name=op.f("uq_posts_slug")),
        **TABLE,
    )
    for date in ("publication_date", "updated_at"):
        index("posts", "author_id", "status", "kind", date, "id")
        index("posts", "status", "kind", date, "id")
    index("posts", "trashed_at")


def create_post_tags() -> None:
    op.create_table(
        "post_tags",
        sa.Column("post_id", types.IdText(24), nullable=False),
        sa.Column("tag", types.ExactText(50), nullable=False),
        sa.Column("status", types.Word(16), nullable=False),
        sa.Column("kind", types.Word(16), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        reference("post_tags", "post_id", "posts"),
        sa.PrimaryKeyConstraint("post_id", "tag"),
        **TABLE,
    )
    index("post_tags", "status", "kind", "tag", "publication_date", "post_id")
    index("post_tags", "status", "kind", "tag", "updated_at", "post_id")


def create_post_paths() -> None:
    op.create_table(
        "post_paths",
        sa.Column("path", types.ExactText(500), nullable=False),
        sa.Column("post_id", types.IdText(24), nullable=False),
        reference("post_paths", "post_id", "posts"),
        sa.PrimaryKeyConstraint("path"),
        **TABLE,
    )
    index("post_paths", "post_id")


def create_comments() -> None:
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
        reference("comments", "post_id", "posts"),
        sa.PrimaryKeyConstraint("id"),
        **TABLE,
    )
    index("comments", "post_id", "is_shown", "publication_date", "id")
    index("comments", "post_id", "parent_id", "is_shown", "publication_date", "id")
    index("comments", "status", "publication_date", "id")


def create_removed_comments() -> None:
    op.create_table(
        "removed_comments",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("post_id", types.IdText(24), nullable=False),
        sa.Column("parent_id", types.IdText(24), nullable=True),
        sa.Column("content", types.LongText(), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("status", types.Word(16), nullable=False),
        sa.Column("author_id", types.IdText(24), nullable=True),
        sa.Column("guest_name", sa.String(100), nullable=True),
        sa.Column("key_digest", types.ExactText(64), nullable=True),
        sa.Column("editor_id", types.IdText(24), nullable=True),
        sa.Column("edited_at", types.Moment(), nullable=True),
        sa.Column("removed_at", types.Moment(), nullable=False),
        sa.Column("removed_by_id", types.IdText(24), nullable=True),
        reference("removed_comments", "post_id", "posts"),
        sa.PrimaryKeyConstraint("id"),
        **TABLE,
    )
    index("removed_comments", "post_id", "id")
    index("removed_comments", "removed_at", "id")
