"""The revision of a database, and a schema that is made from nothing.

MySQL commits each step by itself: a mark stands there from the first to the last, so that what a killed
process leaves is known for what it is, and made anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from everpost.errors import SchemaMismatch
from everpost.stores.sql.engine import is_done_already
from everpost.stores.sql.model.tables import Base

OPTIONS: dict[str, Any] = {"version_table": "everpost_migrations", "compare_type": True}
"""How Alembic is configured wherever it runs. The table has a name of its own, because a blog may share
its database with an application that uses Alembic too.
"""
_MARK = "everpost_setup"
UNMADE = "everpost.unmade"
"""The mark on a connection to Galera, in its `info`, that nobody had begun to make the schema yet."""


class Overtaken(Exception):
    """A process on another node of a Galera cluster is making the schema."""


def revision_at(connection: Connection) -> str | None:
    """The revision that the database is at."""
    return MigrationContext.configure(connection, opts=OPTIONS).get_current_revision()


def is_half_made(connection: Connection) -> bool:
    """Whether somebody is making the schema, or was: there is no blog in it yet."""
    return inspect(connection).has_table(_MARK)


def finished_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None also where the schema is only half made."""
    return None if is_half_made(connection) else revision_at(connection)


@contextmanager
def making(connection: Connection) -> Iterator[None]:
    """Migrate from nothing. Overtaken; SchemaMismatch: there are tables in the way that nobody began like
    this.
    """
    if is_half_made(connection):
        if connection.info.pop(UNMADE, False):
            raise Overtaken
        Base.metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE IF EXISTS {OPTIONS['version_table']}"))
    else:
        require_no_tables(connection)
        _mark(connection)
    yield
    connection.execute(text(f"DROP TABLE {_MARK}"))


def _mark(connection: Connection) -> None:
    """All nodes of a Galera cluster create tables in the same order, so one process succeeds."""
    try:
        connection.execute(text(f"CREATE TABLE {_MARK} (number INTEGER)"))
    except DBAPIError as error:
        if is_done_already(error):
            raise Overtaken from error
        raise


def require_no_tables(connection: Connection) -> None:
    """SchemaMismatch where tables have the names of ours."""
    ours = sorted(set(inspect(connection).get_table_names()) & set(Base.metadata.tables))
    if ours:
        raise SchemaMismatch(
            f"The database has tables that no migration of Everpost has finished: {', '.join(ours)}. "
            "Drop or rename them, or use another database."
        )
