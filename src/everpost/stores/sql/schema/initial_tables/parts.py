"""The options, the foreign keys and the indexes of tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

TABLE: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4"}


def reference(table: str, column: str, to: str = "users", ondelete: str = "CASCADE") -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
