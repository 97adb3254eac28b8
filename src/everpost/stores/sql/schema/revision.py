"""Where Alembic keeps the revision that a database is at."""

from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

OPTIONS: dict[str, Any] = {"version_table": "everpost_migrations", "compare_type": True}
"""How Alembic is configured wherever it runs. The table has a name of its own, because a blog may share
its database with an application that uses Alembic too.
"""


def revision_at(connection: Connection) -> str | None:
    """The revision that the database is at."""
    return MigrationContext.configure(connection, opts=OPTIONS).get_current_revision()
