"""Compare and set: writes that happen only in the states, and to the things, that the writer names."""

from typing import TypeVar

from sqlalchemy import Delete, Select, Update, and_, bindparam, or_, tuple_

from everpost.domain.comments import Hand
from everpost.domain.ids import Id
from everpost.domain.revisions import Match
from everpost.stores.sql.rows import Values
from everpost.stores.sql.tables import BlogRow, CommentRow, PostRow, UserRow
from everpost.stores.sql.types import IdText, Moment

Statement = TypeVar("Statement", Update, Delete, Select[Id])
Versioned = type[PostRow] | type[CommentRow] | type[UserRow] | type[BlogRow]

_HAND = and_(
    CommentRow.publication_date >= bindparam("since", type_=Moment),
    or_(
        CommentRow.author_id == bindparam("hand_author", type_=IdText),
        CommentRow.key_digest == bindparam("hand_key", type_=CommentRow.key_digest.type),
    ),
)


def having(match: Match, table: Versioned, statement: Statement) -> Statement:
    """The statement, for rows in one of the states of the match; its parameters come from `revisions`."""
    if match is None:
        return statement
    state = tuple_(table.version, table.updated_at)
    return statement.where(state.in_(bindparam("match", expanding=True)))


def revisions(match: Match) -> Values:
    """The parameters of `having`."""
    return {} if match is None else {"match": [(each.version, each.updated_at) for each in match]}


def owned(owner_id: Id | None, statement: Statement) -> Statement:
    """The statement, for a post of this author; its parameter is `owner`."""
    if owner_id is None:
        return statement
    return statement.where(PostRow.author_id == bindparam("owner", type_=IdText))


def owner(owner_id: Id | None) -> Values:
    """The parameter of `owned`."""
    return {} if owner_id is None else {"owner": owner_id}


def held(hand: Hand | None, statement: Statement) -> Statement:
    """The statement, for a comment in this hand; its parameters come from `holder`."""
    return statement if hand is None else statement.where(_HAND)


def holder(hand: Hand | None) -> Values:
    """The parameters of `held`."""
    if hand is None:
        return {}
    return {"since": hand.since, "hand_author": hand.author_id, "hand_key": hand.key_digest}
