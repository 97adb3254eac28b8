"""Conditional writes (compare-and-set): they take effect only in the revisions and for the owners that the
caller names.

Each form of a statement is built once, so that it is also prepared once, which takes longer than executing
it.
"""

from functools import lru_cache
from typing import TypeAlias, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    Delete,
    Select,
    Update,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from everpost.domain.comment_preconditions import CommentPreconditions, EditCredential
from everpost.domain.ids import Id
from everpost.domain.posts import PostStatus
from everpost.domain.revisions import ExpectedRevisions, Revision, new_stamp
from everpost.errors import NotFound, Stale
from everpost.stores.preconditions import Preconditions, not_owned
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.media import MediaRow
from everpost.stores.sql.model.tables import BlogRow, CommentRow, PostRow, UserRow, WorkingCopyRow
from everpost.stores.sql.model.types import IdText, Moment

Conditional: TypeAlias = Update | Delete | Select[Id]
Statement = TypeVar("Statement", Update, Delete, Select[Id])
Versioned = (
    type[PostRow] | type[CommentRow] | type[UserRow] | type[BlogRow] | type[WorkingCopyRow] | type[MediaRow]
)

FORMS = 1_000
"""The maximum number of cached forms. A post can be changed in some hundred ways, few of which occur."""
NEW = "new_"
"""Prefix of parameters, because SQLAlchemy reserves the names of the columns."""

STAMP = bindparam("new_stamp", type_=BigInteger)

TRASHED = literal_column(f"'{PostStatus.TRASHED}'", PostRow.status.type)
IN_TRASH = PostRow.status == TRASHED
OUTSIDE_TRASH = PostRow.status != TRASHED
"""Conditions on posts."""

_HAS_CREDENTIAL = and_(
    CommentRow.publication_date >= bindparam("since", type_=Moment),
    or_(
        CommentRow.author_id == bindparam("credential_author", type_=IdText),
        CommentRow.key_digest == bindparam("credential_key", type_=CommentRow.key_digest.type),
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
"""Users whose names have one of these keys."""


def new_stamp_value() -> Values:
    """Return the parameter `STAMP` of a statement that writes a new version."""
    return {"new_stamp": new_stamp()}


def with_revision(
    match: ExpectedRevisions, table: Versioned, statement: Statement, values: Values
) -> tuple[Statement, Values]:
    """Restrict the statement to rows in one of these revisions; return it and its parameters."""
    if match is None:
        return statement, values
    states = [(each.version, each.stamp) for each in match]
    return cast("Statement", _with_revision(table, statement)), values | {"match": states}


def with_preconditions(
    preconditions: Preconditions, statement: Statement, values: Values
) -> tuple[Statement, Values]:
    """Restrict the statement to posts that meet the preconditions; return it and its parameters."""
    match, owner_id, in_trash, trashed_before = preconditions
    statement, values = with_owner(owner_id, *with_revision(match, PostRow, statement, values))
    if in_trash is not None:
        statement = cast("Statement", _with_place(statement, in_trash=in_trash))
    if trashed_before is not None:
        statement = cast("Statement", _with_expiry(statement))
        values = values | {"trashed_before": trashed_before}
    return statement, values


def require_preconditions(preconditions: Preconditions, id: Id, found: AnyRow | None) -> None:
    """Raise the reason why no row met the preconditions; `found` is the row of `FIND_POST`. Nothing is
    raised if the post has met them since. Raises NotFound, Forbidden, InTrash, NotInTrash, Stale.
    """
    if found is None:
        raise NotFound("post", id)
    match, owner_id, _, trashed_before = preconditions
    if owner_id is not None and found.author_id != owner_id:
        raise not_owned()
    if (error := preconditions.misplacement(found.status)) is not None:
        raise error
    if match is not None and Revision(found.version, found.stamp) not in match:
        raise Stale("post", id)
    if trashed_before is not None and not (found.trashed_at and found.trashed_at < trashed_before):
        raise Stale("post", id)


def with_owner(owner_id: Id | None, statement: Statement, values: Values) -> tuple[Statement, Values]:
    """Restrict the statement to posts of this author; return it and its parameters."""
    if owner_id is None:
        return statement, values
    return cast("Statement", _with_owner(statement)), values | {"owner": owner_id}


def with_credential(
    credential: EditCredential | None, statement: Statement, values: Values
) -> tuple[Statement, Values]:
    """Restrict the statement to comments that this credential may edit; return it and its parameters."""
    if credential is None:
        return statement, values
    holder = {
        "since": credential.since,
        "credential_author": credential.author_id,
        "credential_key": credential.key_digest,
    }
    return cast("Statement", _with_credential(statement)), values | holder


def with_comment_preconditions(
    preconditions: CommentPreconditions | None, statement: Update, values: Values
) -> tuple[Update, Values]:
    """Restrict the statement to posts that accept the comment; return it and its parameters."""
    if preconditions is None:
        return statement, values
    audience = preconditions.audience
    values = values | {"policies": sorted(policy.value for policy in preconditions.policies)}
    if not audience.sees_all:
        values |= {"published": PostStatus.PUBLISHED, "moment": audience.moment}
        if audience.author_id is not None:
            values["reader"] = audience.author_id
    if preconditions.name_keys:
        values["name_keys"] = sorted(preconditions.name_keys)
    statement = _with_admission(
        statement, sees_all=audience.sees_all, has_own="reader" in values, has_name="name_keys" in values
    )
    return statement, values


def with_values(statement: Update, values: Values) -> tuple[Update, Values]:
    """Add values for columns to the statement; return it and its parameters."""
    return _with_values(statement, tuple(values)), {f"{NEW}{name}": value for name, value in values.items()}


@lru_cache(FORMS)
def _with_values(statement: Update, names: tuple[str, ...]) -> Update:
    return statement.values({name: bindparam(f"{NEW}{name}") for name in names})


@lru_cache(FORMS)
def _with_revision(table: Versioned, statement: Conditional) -> Conditional:
    state = tuple_(table.version, table.stamp)
    return statement.where(state.in_(bindparam("match", expanding=True)))


@lru_cache(FORMS)
def _with_admission(statement: Update, *, sees_all: bool, has_own: bool, has_name: bool) -> Update:
    statement = statement.where(_POLICY.in_(bindparam("policies", expanding=True)))
    if not sees_all:
        statement = statement.where(or_(_IS_OUT, _IS_OWN) if has_own else _IS_OUT)
    return statement.where(~NAMED_ALIKE.exists()) if has_name else statement


@lru_cache(FORMS)
def _with_place(statement: Conditional, *, in_trash: bool) -> Conditional:
    return statement.where(IN_TRASH if in_trash else OUTSIDE_TRASH)


@lru_cache(FORMS)
def _with_expiry(statement: Conditional) -> Conditional:
    return statement.where(PostRow.trashed_at < bindparam("trashed_before", type_=Moment))


@lru_cache(FORMS)
def _with_owner(statement: Conditional) -> Conditional:
    return statement.where(PostRow.author_id == bindparam("owner", type_=IdText))


@lru_cache(FORMS)
def _with_credential(statement: Conditional) -> Conditional:
    return statement.where(_HAS_CREDENTIAL)
