"""Durability of rows that a response reports as already stored."""

from functools import cache

from sqlalchemy import Update, update

from everpost.domain.ids import Id
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.model.media import MediaRow
from everpost.stores.sql.model.tables import CommentRow, PostRow, WorkingCopyRow
from everpost.stores.sql.queries import selects

Confirmed = type[PostRow] | type[CommentRow] | type[WorkingCopyRow] | type[MediaRow]


async def confirm(connections: Connections, table: Confirmed, id: Id) -> None:
    """Wait until the row with this id is as durable as a row written now.

    PostgreSQL may show a row that no synchronous standby has, if the wait of its writer was interrupted, for
    example by a restart (https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION).
    A new commit waits for the standby, which then has everything that was committed earlier.
    """
    await connections.change(_rewrite(table), {"this": id})


@cache
def _rewrite(table: Confirmed) -> Update:
    """An UPDATE that changes no value; PostgreSQL still writes a new row version."""
    return update(table).where(table.id == selects.ID).values(version=table.version)
