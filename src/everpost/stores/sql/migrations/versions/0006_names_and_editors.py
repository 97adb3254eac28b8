"""names and editors"""

import sqlalchemy as sa
from alembic import op

from everpost.domain.names import name_key
from everpost.stores.sql import types
from everpost.stores.sql.migrations.repeating import has_column, has_index

revision = "0006"
down_revision = "0005"

_PAGE = 1_000
_COMMENTS = sa.table("comments", sa.column("edited_at"))
_USERS = sa.table(
    "users", sa.column("id", types.IdText()), sa.column("name"), sa.column("name_key", types.Word(64))
)

LOSSES = {
    "who changed the words of others": sa.select(sa.func.count(_COMMENTS.c.edited_at)),
}
"""What going down removes, and how much of each there is."""


def upgrade() -> None:
    if not has_column(op.get_context(), "comments", "editor_id"):
        op.add_column("comments", sa.Column("editor_id", types.IdText(), nullable=True))
    if not has_column(op.get_context(), "comments", "edited_at"):
        op.add_column("comments", sa.Column("edited_at", types.Moment(), nullable=True))
    if not has_column(op.get_context(), "users", "name_key"):
        op.add_column("users", sa.Column("name_key", types.Word(64), server_default="", nullable=False))
    if not op.get_context().as_sql:
        _fill_in()
    with op.batch_alter_table("users") as users:
        users.alter_column(
            "name_key", existing_type=types.Word(64), existing_nullable=False, server_default=None
        )
        if not has_index(op.get_context(), "users", "ix_users_name_key"):
            users.create_index("ix_users_name_key", ["name_key"])


def downgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.drop_index("ix_users_name_key")
        users.drop_column("name_key")
    with op.batch_alter_table("comments") as comments:
        comments.drop_column("edited_at")
        comments.drop_column("editor_id")


def _fill_in() -> None:
    """Give every user the key of the name."""
    connection, after = op.get_bind(), ""
    page = sa.select(_USERS.c.id, _USERS.c.name).order_by(_USERS.c.id).limit(_PAGE)
    while rows := connection.execute(page.where(_USERS.c.id > after)).all():
        for row in rows:
            change = sa.update(_USERS).where(_USERS.c.id == row.id).values(name_key=name_key(row.name))
            connection.execute(change)
        after = rows[-1].id
