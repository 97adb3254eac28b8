"""Compare and set: writes that happen only in the states, and to the things, that the writer names.

Each statement is made once for each of its forms, so that it is prepared once, too: that takes longer than to
carry it out.
"""

from functools import lru_cache
from typing import TypeAlias, TypeVar, cast

from sqlalchemy import BigInteger, Delete, Select, Update, and_, bindparam, func, or_, select, tuple_

from everpost.domain.comment_preconditions import CommentPreconditions, EditCredential
from everpost.domain.ids import Id
from everpost.domain.posts import PostStatus
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import BlogRow, CommentRow, PostRow, UserRow
from everpost.stores.sql.model.types import IdText, Moment

Conditional: TypeAlias = Update | Delete | Select[Id]
Statement = TypeVar("Statement", Update, Delete, Select[Id])
Versioned = type[PostRow] | type[CommentRow] | type[UserRow] | type[BlogRow]

FORMS = 1_000
"""Of statements, at most; a post can be changed in some hundred ways, and few are in use."""
NEW = "new_"
"""Before the names of parameters: those of columns are SQLAlchemy's."""

STAMP = bindparam("new_stamp", type_=BigInteger)

_HAND = and_(
    CommentRow.publication_date >= bindparam("since", type_=Moment),
    or_(
        CommentRow.author_id == bindparam("hand_author", type_=IdText),
        CommentRow.key_digest == bindparam("hand_key", type_=CommentRow.key_digest.type),
    ),
)

_POLICY = func.coalesce(
    PostRow.comment_policy, select(BlogRow.comment_policy).where(BlogRow.number == 1).scalar_subquery()
)
_IS_OUT = and_(
    PostRow.status == bindparam("published", type_=PostRow.status.type),
    PostRow.publication_date <= bindparam("moment", type_=Moment),
)
_IS_OWN = PostRow.author_id == bindparam("reader", type_=IdText)
NAMED_ALIKE = select(UserRow.id).where(UserRow.name_key.in_(bindparam("name_keys", expanding=True)))
"""The users whose names have one of these keys."""


def renewed() -> Values:
    """The parameter `STAMP` of a statement that writes a new version."""
    return {"new_stamp": new_stamp()}


def having(
    match: ExpectedRevisions, table: Versioned, statement: Statement, values: Values
) -> tuple[Statement, Values]:
    """The statement, for rows in one of the states of the match, and its parameters."""
    if match is None:
        return statement, values
    states = [(each.version, each.stamp) for each in match]
    return cast("Statement", _in_state(table, statement)), values | {"match": states}


def owned(owner_id: Id | None, statement: Statement, values: Values) -> tuple[Statement, Values]:
    """The statement, for a post of this author, and its parameters."""
    if owner_id is None:
        return statement, values
    return cast("Statement", _of_owner(statement)), values | {"owner": owner_id}


def held(hand: EditCredential | None, statement: Statement, values: Values) -> tuple[Statement, Values]:
    """The statement, for a comment in this hand, and its parameters."""
    if hand is None:
        return statement, values
    holder = {"since": hand.since, "hand_author": hand.author_id, "hand_key": hand.key_digest}
    return cast("Statement", _in_hand(statement)), values | holder


def admitted(
    admission: CommentPreconditions | None, statement: Update, values: Values
) -> tuple[Update, Values]:
    """The statement, for a post that takes a comment on this ground, and its parameters."""
    if admission is None:
        return statement, values
    audience = admission.audience
    values = values | {"policies": sorted(policy.value for policy in admission.policies)}
    if not audience.sees_all:
        values |= {"published": PostStatus.PUBLISHED, "moment": audience.moment}
        if audience.author_id is not None:
            values["reader"] = audience.author_id
    if admission.name_keys:
        values["name_keys"] = sorted(admission.name_keys)
    statement = _admitted(
        statement, sees_all=audience.sees_all, has_own="reader" in values, has_name="name_keys" in values
    )
    return statement, values


def changing(statement: Update, values: Values) -> tuple[Update, Values]:
    """The statement with these values for the columns of their names, and its parameters."""
    return _changing(statement, tuple(values)), {f"{NEW}{name}": value for name, value in values.items()}


@lru_cache(FORMS)
def _changing(statement: Update, names: tuple[str, ...]) -> Update:
    return statement.values({name: bindparam(f"{NEW}{name}") for name in names})


@lru_cache(FORMS)
def _in_state(table: Versioned, statement: Conditional) -> Conditional:
    state = tuple_(table.version, table.stamp)
    return statement.where(state.in_(bindparam("match", expanding=True)))


@lru_cache(FORMS)
def _admitted(statement: Update, *, sees_all: bool, has_own: bool, has_name: bool) -> Update:
    statement = statement.where(_POLICY.in_(bindparam("policies", expanding=True)))
    if not sees_all:
        statement = statement.where(or_(_IS_OUT, _IS_OWN) if has_own else _IS_OUT)
    return statement.where(~NAMED_ALIKE.exists()) if has_name else statement


@lru_cache(FORMS)
def _of_owner(statement: Conditional) -> Conditional:
    return statement.where(PostRow.author_id == bindparam("owner", type_=IdText))


@lru_cache(FORMS)
def _in_hand(statement: Conditional) -> Conditional:
    return statement.where(_HAND)
