"""Tables of the blog as a whole."""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql.model import types
from everpost.stores.sql.schema.initial_tables.parts import TABLE, index


def create_tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("key", types.ExactText(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        **TABLE,
    )
    index("tallies", "until")


def create_blog() -> sa.Table:
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
        **TABLE,
    )


def create_transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", types.ExactText(64), nullable=False),
        sa.Column("digest", types.ExactText(64), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        **TABLE,
    )
