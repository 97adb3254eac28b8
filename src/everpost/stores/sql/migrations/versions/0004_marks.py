"""marks"""

import sqlalchemy as sa
from alembic import op

from everpost.stores.sql.migrations.repeating import has_column

revision = "0004"
down_revision = "0003"

LOSSES: dict[str, sa.Select[int]] = {}
"""What going down removes, and how much of each there is."""


def upgrade() -> None:
    if not has_column(op.get_context(), "posts", "mark"):
        op.add_column("posts", sa.Column("mark", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("mark")
