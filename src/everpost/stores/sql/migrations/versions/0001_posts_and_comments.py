"""posts and comments"""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", types.IdText(), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("content", types.LongText(), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("slug", types.ExactText(255), nullable=True),
        sa.Column("tags", types.TextList(), nullable=False),
        sa.Column("comment_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("slug", name=op.f("uq_posts_slug")),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_posts_publication_date_id"), "posts", ["publication_date", "id"])
    op.create_table(
        "comments",
        sa.Column("id", types.IdText(), nullable=False),
        sa.Column("post_id", types.IdText(), nullable=False),
        sa.Column("parent_id", types.IdText(), nullable=True),
        sa.Column("content", types.LongText(), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_comments_post_id"), ondelete="CASCADE"
        ),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_comments_post_id_publication_date_id"), "comments", ["post_id", "publication_date", "id"]
    )


def downgrade() -> None:
    op.drop_table("comments")
    op.drop_table("posts")
