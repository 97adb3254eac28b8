"""kinds of tokens"""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql import types
from everpost.stores.sql.migrations.repeating import has_column

revision = "0005"
down_revision = "0004"

_TOKENS = sa.table("tokens", *map(sa.column, ("id", "user_id", "name", "expires_at", "kind")))
_USERS = sa.table("users", sa.column("id"), sa.column("disabled_at"))

LOSSES: dict[str, sa.Select[int]] = {}
"""What going down removes, and how much of each there is."""


def upgrade() -> None:
    """A token of a login was told by its name and its end, that of the first start by its owner's id. The
    tokens of disabled users end: they would work again once the user is enabled.
    """
    if not has_column(op.get_context(), "tokens", "kind"):
        op.add_column("tokens", sa.Column("kind", types.Word(16), server_default="named", nullable=False))
    if not has_column(op.get_context(), "tokens", "login_id"):
        op.add_column("tokens", sa.Column("login_id", types.IdText(), nullable=True))
    logins = (_is_named("Login"), _TOKENS.c.expires_at.is_not(None))
    op.execute(sa.update(_TOKENS).where(*logins).values(kind="login"))
    op.execute(sa.update(_TOKENS).where(_TOKENS.c.id == _TOKENS.c.user_id).values(kind="first"))
    disabled = sa.select(_USERS.c.id).where(_USERS.c.disabled_at.is_not(None))
    op.execute(sa.delete(_TOKENS).where(_TOKENS.c.user_id.in_(disabled)))


def _is_named(name: str) -> sa.ColumnElement[bool]:
    """Exactly so: MySQL takes "login" for the same."""
    if op.get_bind().dialect.name == "mysql":
        return sa.func.hex(_TOKENS.c.name) == name.encode().hex().upper()
    return _TOKENS.c.name == name


def downgrade() -> None:
    with op.batch_alter_table("tokens") as tokens:
        tokens.drop_column("login_id")
        tokens.drop_column("kind")
