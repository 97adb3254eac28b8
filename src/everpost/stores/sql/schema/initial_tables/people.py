"""Tables of users."""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql.model import types
from everpost.stores.sql.schema.initial_tables.parts import TABLE, index, reference


def create_users() -> None:
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
        **TABLE,
    )
    index("users", "created_at", "id")
    index("users", "name_key")


def create_removed_users() -> None:
    op.create_table(
        "removed_users",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        **TABLE,
    )


def create_tokens() -> None:
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
        reference("tokens", "user_id"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
        **TABLE,
    )
    index("tokens", "user_id", "created_at", "id")


def create_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", types.IdText(24), nullable=False),
        sa.Column("user_id", types.IdText(24), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("credential_id", types.LongText(), nullable=False),
        sa.Column("public_key", types.LongText(), nullable=False),
        sa.Column("created_at", types.Moment(), nullable=False),
        reference("passkeys", "user_id"),
        sa.PrimaryKeyConstraint("id"),
        **TABLE,
    )
    index("passkeys", "user_id", "created_at", "id")
