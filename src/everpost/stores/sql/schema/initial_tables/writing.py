"""Tables for writers."""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql.model import typed_text, types
from everpost.stores.sql.schema.initial_tables.parts import TABLE, index, reference


def create_working_copies() -> None:
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
        reference("working_copies", "user_id"),
        sa.PrimaryKeyConstraint("id"),
        **TABLE,
    )
    index("working_copies", "user_id", "updated_at", "post_id")


def create_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", types.IdText(32), nullable=False),
        sa.Column("post_id", types.IdText(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("content", types.LongText(), nullable=False),
        sa.Column("format", types.Word(16), nullable=False),
        sa.Column("summary", sa.String(500), nullable=True),
        sa.Column("tags", types.TextList(), nullable=False),
        sa.Column("cover", sa.String(2000), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("author_id", types.IdText(24), nullable=True),
        sa.Column("edited_by_id", types.IdText(24), nullable=True),
        sa.Column("saved_at", types.Moment(), nullable=False),
        reference("revisions", "post_id", "posts"),
        sa.PrimaryKeyConstraint("id"),
        **TABLE,
    )
    index("revisions", "post_id", "number")
