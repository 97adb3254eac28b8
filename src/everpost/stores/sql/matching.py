"""Compare and set: writes that happen only in the states, and to the things, that the writer names.

Each statement is made once for each of its forms, so that it is prepared once, too: that takes longer than to
carry it out.
"""

from functools import lru_cache
from typing import TypeAlias, TypeVar, cast

from sqlalchemy import Delete, Select, Update, and_, bindparam, or_, tuple_

from everpost.domain.comments import Hand
from everpost.domain.ids import Id
from everpost.domain.revisions import Match
from everpost.stores.sql.rows import Values
from everpost.stores.sql.tables import BlogRow, CommentRow, PostRow, UserRow
from everpost.stores.sql.types import IdText, Moment

Conditional: TypeAlias = Update | Delete | Select[Id]
Statement = TypeVar("Statement", Update, Delete, Select[Id])
Versioned = type[PostRow] | type[CommentRow] | type[UserRow] | type[BlogRow]

_FORMS = 1_000
"""Of statements, at most; a post can be changed in some hundred ways, and few are in use."""
_NEW = "new_"
"""Before the names of parameters: those of columns are SQLAlchemy's."""

_HAND = and_(
    CommentRow.publication_date >= bindparam("since", type_=Moment),
    or_(
        CommentRow.author_id == bindparam("hand_author", type_=IdText),
        CommentRow.key_digest == bindparam("hand_key", type_=CommentRow.key_digest.type),
    ),
)


def having(match: Match, table: Versioned, statement: Statement) -> Statement:
    """The statement, for rows in one of the states of the match; its parameters come from `revisions`."""
    return statement if match is None else cast("Statement", _in_state(table, statement))


def revisions(match: Match) -> Values:
    """The parameters of `having`."""
    return {} if match is None else {"match": [(each.version, each.updated_at) for each in match]}


def owned(owner_id: Id | None, statement: Statement) -> Statement:
    """The statement, for a post of this author; its parameter is `owner`."""
    return statement if owner_id is None else cast("Statement", _of_owner(statement))


def owner(owner_id: Id | None) -> Values:
    """The parameter of `owned`."""
    return {} if owner_id is None else {"owner": owner_id}


def held(hand: Hand | None, statement: Statement) -> Statement:
    """The statement, for a comment in this hand; its parameters come from `holder`."""
    return statement if hand is None else cast("Statement", _in_hand(statement))


def holder(hand: Hand | None) -> Values:
    """The parameters of `held`."""
    if hand is None:
        return {}
    return {"since": hand.since, "hand_author": hand.author_id, "hand_key": hand.key_digest}


def changing(statement: Update, values: Values) -> tuple[Update, Values]:
    """The statement with these values for the columns of their names, and its parameters."""
    return _changing(statement, tuple(values)), {f"{_NEW}{name}": value for name, value in values.items()}


@lru_cache(_FORMS)
def _changing(statement: Update, names: tuple[str, ...]) -> Update:
    return statement.values({name: bindparam(f"{_NEW}{name}") for name in names})


@lru_cache(_FORMS)
def _in_state(table: Versioned, statement: Conditional) -> Conditional:
    state = tuple_(table.version, table.updated_at)
    return statement.where(state.in_(bindparam("match", expanding=True)))


@lru_cache(_FORMS)
def _of_owner(statement: Conditional) -> Conditional:
    return statement.where(PostRow.author_id == bindparam("owner", type_=IdText))


@lru_cache(_FORMS)
def _in_hand(statement: Conditional) -> Conditional:
    return statement.where(_HAND)
