"""The revision of a database, and the creation of a new schema.

MySQL commits each step separately. A marker table exists from the first to the last step, so that the remains
of a killed process are recognized and replaced.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from everpost.errors import Busy, SchemaMismatch
from everpost.stores.sql.engine import is_being_altered, is_done_already
from everpost.stores.sql.model.metadata import METADATA

OPTIONS: dict[str, Any] = {"version_table": "everpost_migrations", "compare_type": True}
"""The Alembic options, wherever it runs. The table has its own name, because a blog may share its database
with another application that uses Alembic.
"""
_MARKER = "everpost_setup"
NOT_STARTED = "everpost.not_started"
"""A flag in `info` of a connection to Galera: the creation of the schema had not begun yet."""


class Overtaken(Busy):
    """A process on another node of a Galera cluster is changing the schema."""

    def __init__(self) -> None:
        super().__init__("Another process is changing the schema of this database. Try again.")


def revision_at(connection: Connection) -> str | None:
    """Return the revision of the database. Raises Overtaken."""
    with _overtaken_by_changes():
        return MigrationContext.configure(connection, opts=OPTIONS).get_current_revision()


def is_partly_created(connection: Connection) -> bool:
    """Whether the creation of the schema has begun but not finished, so there is no blog yet. Raises
    Overtaken.
    """
    with _overtaken_by_changes():
        return inspect(connection).has_table(_MARKER)


@contextmanager
def _overtaken_by_changes() -> Iterator[None]:
    """Raise Overtaken if a table cannot be described because it is being created or dropped."""
    try:
        yield
    except DBAPIError as error:
        if is_being_altered(error):
            raise Overtaken from error
        raise


def finished_revision(connection: Connection) -> str | None:
    """Return the revision of the database; None if the schema is only partly created."""
    return None if is_partly_created(connection) else revision_at(connection)


@contextmanager
def creating_schema(connection: Connection) -> Iterator[None]:
    """Create the schema in the body of the `with` statement. Raises Overtaken; SchemaMismatch if there are
    tables that no such creation began.
    """
    if is_partly_created(connection):
        if connection.info.pop(NOT_STARTED, False):
            raise Overtaken
        METADATA.drop_all(connection)
        connection.execute(text(f"DROP TABLE IF EXISTS {OPTIONS['version_table']}"))
    else:
        require_no_tables(connection)
        _create_marker(connection)
    yield
    connection.execute(text(f"DROP TABLE {_MARKER}"))


def _create_marker(connection: Connection) -> None:
    """Create the marker table. All nodes of a Galera cluster create tables in the same order, so one process
    succeeds.
    """
    try:
        connection.execute(text(f"CREATE TABLE {_MARKER} (number INTEGER)"))
    except DBAPIError as error:
        if is_done_already(error):
            raise Overtaken from error
        raise


def require_no_tables(connection: Connection) -> None:
    """Raise SchemaMismatch if tables with the names of ours exist."""
    ours = sorted(set(inspect(connection).get_table_names()) & set(METADATA.tables))
    if ours:
        raise SchemaMismatch(
            f"The database has tables that no migration of Everpost completed: {', '.join(ours)}. "
            "Drop or rename them, or use another database."
        )
