"""formats and transfers"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql import types

revision = "0003"
down_revision = "0002"

_TABLE: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}
_POSTS = sa.table("posts", sa.column("format"))
_TRANSFERS = sa.table("transfers", sa.column("digest"))

LOSSES = {
    "the format of posts in HTML": sa.select(sa.func.count())
    .select_from(_POSTS)
    .where(_POSTS.c.format != "markdown"),
    "that a move into this database has not ended": sa.select(sa.func.count())
    .select_from(_TRANSFERS)
    .where(_TRANSFERS.c.digest.is_(None)),
}
"""What going down removes, and how much of each there is."""


def upgrade() -> None:
    # All posts there are were written in Markdown.
    op.add_column("posts", sa.Column("format", types.Word(16), server_default="markdown", nullable=False))
    with op.batch_alter_table("posts") as posts:
        posts.alter_column(
            "format", existing_type=types.Word(16), existing_nullable=False, server_default=None
        )
    op.create_table(
        "transfers",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", types.ExactText(64), nullable=False),
        sa.Column("digest", types.ExactText(64), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        **_TABLE,
    )


def downgrade() -> None:
    op.drop_table("transfers")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("format")
