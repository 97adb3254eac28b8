"""Durability of rows that an answer reports as already stored."""

from functools import cache

from sqlalchemy import Update, update

from everpost.domain.ids import Id
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.model.tables import CommentRow, PostRow
from everpost.stores.sql.queries import selects


async def confirm(connections: Connections, table: type[PostRow | CommentRow], id: Id) -> None:
    """Wait until the row with this id is as durable as one written now.

    PostgreSQL shows a row that no synchronous standby has if its writer's wait was cut short, as by a restart
    (https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION). A new commit waits
    for the standby, and with it for everything that was committed before.
    """
    await connections.change(_touched(table), {"this": id})


@cache
def _touched(table: type[PostRow | CommentRow]) -> Update:
    """An UPDATE that changes nothing; PostgreSQL writes it anyway."""
    return update(table).where(table.id == selects.ID).values(version=table.version)
