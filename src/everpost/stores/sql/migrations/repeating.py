"""What an upgrade that was killed has done already. MySQL commits each step on its own; the other engines
undo them all. A migration asks before each step that cannot be repeated.
"""

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext


def has_column(context: MigrationContext, table: str, name: str) -> bool:
    """Whether the column was added."""
    inspector = _inspector(context)
    return inspector is not None and name in {each["name"] for each in inspector.get_columns(table)}


def has_index(context: MigrationContext, table: str, name: str) -> bool:
    """Whether the index was created."""
    inspector = _inspector(context)
    return inspector is not None and name in {each["name"] for each in inspector.get_indexes(table)}


def _inspector(context: MigrationContext) -> sa.Inspector | None:
    """None where no step can have been done."""
    if context.as_sql or context.dialect.name != "mysql" or context.connection is None:
        return None
    return sa.inspect(context.connection)
