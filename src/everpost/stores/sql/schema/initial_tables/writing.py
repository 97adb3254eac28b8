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
