"""people, drafts and moderation"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql import types
from everpost.stores.sql.migrations import filling_0002 as filling

revision = "0002"
down_revision = "0001"

_TABLE: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}
_POSTS = sa.table("posts", *map(sa.column, ("id", "status", "author_id", "comment_policy")))
_COMMENTS = sa.table(
    "comments", *map(sa.column, ("post_id", "status", "author_id", "guest_name", "key_digest"))
)
_DRAFTS = _POSTS.c.status != "published"
_HIDDEN = _COMMENTS.c.status != "approved"

LOSSES = {
    "drafts": sa.select(sa.func.count()).select_from(_POSTS).where(_DRAFTS),
    "comments that are not approved": sa.select(sa.func.count()).select_from(_COMMENTS).where(_HIDDEN),
    "authors of posts": sa.select(sa.func.count(_POSTS.c.author_id)),
    "comment policies of posts": sa.select(sa.func.count(_POSTS.c.comment_policy)),
    "authors of comments": sa.select(sa.func.count(_COMMENTS.c.author_id)),
    "names of guests": sa.select(sa.func.count(_COMMENTS.c.guest_name)),
    "users": sa.select(sa.func.count()).select_from(sa.table("users")),
    "tokens": sa.select(sa.func.count()).select_from(sa.table("tokens")),
    "settings": sa.select(sa.func.count()).select_from(sa.table("blog")).where(sa.column("version") > 1),
}
"""What going down removes, and how much of each there is."""


def upgrade() -> None:
    _create_tables_of_people()
    _create_settings()
    _add_columns_of_posts()
    _fill(filling.fill_slugs)
    _tighten_posts()
    _create_tags()
    _add_columns_of_comments()
    _fill(filling.fill_settings, filling.fill_tags, filling.fill_threads)
    _tighten_comments()


def downgrade() -> None:
    # SQLite carries nothing out on what refers to a row while a migration runs.
    drafts = sa.select(_POSTS.c.id).where(_DRAFTS)
    op.execute(sa.delete(_COMMENTS).where(_HIDDEN | _COMMENTS.c.post_id.in_(drafts)))
    op.drop_table("post_tags")
    op.execute(sa.delete(_POSTS).where(_DRAFTS))
    with op.batch_alter_table("comments") as comments:
        # First the new index: MySQL wants one for the foreign key at all times.
        comments.create_index(
            "ix_comments_post_id_publication_date_id", ["post_id", "publication_date", "id"]
        )
        comments.drop_index("ix_comments_post_id_is_shown_publication_date_id")
        comments.drop_index("ix_comments_post_id_parent_id_is_shown_publication_date_id")
        comments.drop_index("ix_comments_status_publication_date_id")
        for name in ("is_shown", "reply_count", "key_digest", "guest_name", "author_id", "status", "depth"):
            comments.drop_column(name)
    with op.batch_alter_table("posts") as posts:
        posts.drop_constraint("fk_posts_author_id", type_="foreignkey")
        for name in _indexes_of_posts():
            posts.drop_index(name)
        posts.create_index("ix_posts_publication_date_id", ["publication_date", "id"])
        posts.alter_column("slug", existing_type=types.ExactText(255), nullable=True)
        for name in ("comment_policy", "author_id", "status"):
            posts.drop_column(name)
    for table in ("blog", "tallies", "tokens", "users"):
        op.drop_table(table)


def _fill(*steps: Callable[[sa.Connection], None]) -> None:
    """Nothing is filled where somebody only looks at what the migration would do."""
    if not op.get_context().as_sql:
        for step in steps:
            step(op.get_bind())


def _create_tables_of_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", types.IdText(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", types.ExactText(254), nullable=False),
        sa.Column("role", types.Word(16), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", types.Moment(), nullable=True),
        sa.Column("password_hash", sa.String(255), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
        **_TABLE,
    )
    op.create_index(op.f("ix_users_created_at_id"), "users", ["created_at", "id"])
    op.create_table(
        "tokens",
        sa.Column("id", types.IdText(), nullable=False),
        sa.Column("user_id", types.IdText(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", types.TextList(), nullable=False),
        sa.Column("digest", types.ExactText(64), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        sa.Column("expires_at", types.Moment(), nullable=True),
        sa.Column("last_used_at", types.Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tokens_user_id"), ondelete="CASCADE"
        ),
        **_TABLE,
    )
    op.create_index(op.f("ix_tokens_user_id_created_at_id"), "tokens", ["user_id", "created_at", "id"])


def _create_settings() -> None:
    op.create_table(
        "tallies",
        sa.Column("key", types.ExactText(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        **_TABLE,
    )
    op.create_index(op.f("ix_tallies_until"), "tallies", ["until"])
    op.create_table(
        "blog",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("comment_policy", types.Word(16), nullable=False),
        sa.Column("address_key", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        **_TABLE,
    )


def _add_columns_of_posts() -> None:
    op.add_column("posts", sa.Column("status", types.Word(16), server_default="published", nullable=False))
    op.add_column("posts", sa.Column("author_id", types.IdText(), nullable=True))
    op.add_column("posts", sa.Column("comment_policy", types.Word(16), nullable=True))


def _indexes_of_posts() -> dict[str, list[str]]:
    columns = [
        [*of, date, "id"]
        for of in (["status"], ["author_id", "status"])
        for date in ("publication_date", "updated_at")
    ]
    return {f"ix_posts_{'_'.join(each)}": each for each in columns}


def _tighten_posts() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.alter_column("slug", existing_type=types.ExactText(255), nullable=False)
        posts.alter_column(
            "status", existing_type=types.Word(16), existing_nullable=False, server_default=None
        )
        for name, columns in _indexes_of_posts().items():
            posts.create_index(name, columns)
        posts.drop_index("ix_posts_publication_date_id")
        posts.create_foreign_key("fk_posts_author_id", "users", ["author_id"], ["id"], ondelete="SET NULL")


def _create_tags() -> None:
    op.create_table(
        "post_tags",
        sa.Column("post_id", types.IdText(), nullable=False),
        sa.Column("tag", types.ExactText(50), nullable=False),
        sa.Column("status", types.Word(16), nullable=False),
        sa.Column("publication_date", types.Moment(), nullable=False),
        sa.Column("updated_at", types.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", "tag"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id"), ondelete="CASCADE"
        ),
        **_TABLE,
    )
    for date in ("publication_date", "updated_at"):
        columns = ["status", "tag", date, "post_id"]
        op.create_index(op.f(f"ix_post_tags_{'_'.join(columns)}"), "post_tags", columns)


def _add_columns_of_comments() -> None:
    for column in (
        sa.Column("depth", sa.Integer(), server_default=str(filling.UNKNOWN), nullable=False),
        sa.Column("status", types.Word(16), server_default="approved", nullable=False),
        sa.Column("author_id", types.IdText(), nullable=True),
        sa.Column("guest_name", sa.String(100), nullable=True),
        sa.Column("key_digest", types.ExactText(64), nullable=True),
        sa.Column("reply_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_shown", sa.Boolean(), server_default=sa.true(), nullable=False),
    ):
        op.add_column("comments", column)
    op.create_index("ix_comments_filling_parents", "comments", ["parent_id", "publication_date", "id"])
    op.create_index("ix_comments_filling_levels", "comments", ["depth", "id"])


def _tighten_comments() -> None:
    with op.batch_alter_table("comments") as comments:
        for name, existing_type in (
            ("depth", sa.Integer()),
            ("status", types.Word(16)),
            ("reply_count", sa.Integer()),
            ("is_shown", sa.Boolean()),
        ):
            comments.alter_column(
                name, existing_type=existing_type, existing_nullable=False, server_default=None
            )
        for columns in (
            ["post_id", "is_shown", "publication_date", "id"],
            ["post_id", "parent_id", "is_shown", "publication_date", "id"],
            ["status", "publication_date", "id"],
        ):
            comments.create_index(f"ix_comments_{'_'.join(columns)}", columns)
        comments.drop_index("ix_comments_filling_parents")
        comments.drop_index("ix_comments_filling_levels")
        comments.drop_index("ix_comments_post_id_publication_date_id")
