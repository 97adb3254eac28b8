"""Tables of uploaded files."""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql.model import types
from everpost.stores.sql.schema.initial_tables.parts import TABLE, index, reference


def create_media() -> None:
    op.create_table(
        "media",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("digest", types.Word(64), nullable=False),
        sa.Column("name", types.Word(100), nullable=False),
        sa.Column("type", types.Word(32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("is_animated", sa.Boolean(), nullable=False),
        sa.Column("alt", sa.String(1000), nullable=False),
        sa.Column("focus_x", sa.SmallInteger(), nullable=True),
        sa.Column("focus_y", sa.SmallInteger(), nullable=True),
        sa.Column("author_id", types.IdText(24), nullable=True),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("released_at", types.Moment(), nullable=False),
        reference("media", "author_id", "users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        **TABLE,
    )
    index("media", "created_at", "id")
    index("media", "type", "created_at", "id")
    index("media", "released_at", "id")
    index("media", "author_id")


def create_post_media() -> None:
    op.create_table(
        "post_media",
        sa.Column("post_id", types.IdText(24), nullable=False),
        sa.Column("place", types.Word(16), nullable=False),
        sa.Column("media_id", types.IdText(24), nullable=False),
        reference("post_media", "post_id", "posts"),
        reference("post_media", "media_id", "media", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("post_id", "place", "media_id"),
        **TABLE,
    )
    index("post_media", "media_id", "post_id")


def create_media_bytes() -> None:
    op.create_table(
        "media_bytes",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("key", types.Word(100), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", types.Moment(), nullable=False),
        sa.Column("is_dropped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name=op.f("uq_media_bytes_key")),
        **TABLE,
    )


def create_media_chunks() -> None:
    op.create_table(
        "media_chunks",
        sa.Column("bytes_id", types.IdText(24), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", types.LongBytes(), nullable=False),
        reference("media_chunks", "bytes_id", "media_bytes"),
        sa.PrimaryKeyConstraint("bytes_id", "number"),
        **TABLE,
    )
