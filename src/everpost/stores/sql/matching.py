"""Compare and set: writes that happen only in the states that the writer names."""

from typing import TypeVar

from sqlalchemy import Delete, Update, bindparam, tuple_

from everpost.domain.revisions import Match
from everpost.stores.sql.tables import CommentRow, PostRow

Write = TypeVar("Write", Update, Delete)


def having(match: Match, table: type[PostRow] | type[CommentRow], statement: Write) -> Write:
    """The statement, for rows in one of the states of the match; its parameters come from `revisions`."""
    if match is None:
        return statement
    state = tuple_(table.version, table.updated_at)
    return statement.where(state.in_(bindparam("match", expanding=True)))


def revisions(match: Match) -> dict[str, object]:
    """The parameters of `having`."""
    return {} if match is None else {"match": [(each.version, each.updated_at) for each in match]}
