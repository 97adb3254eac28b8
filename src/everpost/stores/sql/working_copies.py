"""Working copies in SQL.

A write neither changes nor locks the post: it only checks in the same statement that the user may edit it.
"""

from contextlib import suppress
from functools import lru_cache
from typing import cast

from sqlalchemy import (
    Executable,
    Insert,
    Update,
    bindparam,
    delete,
    insert,
    literal,
    or_,
    outerjoin,
    select,
    update,
)

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import ExpectedRevisions, new_stamp
from everpost.domain.writing.saved_copies import working_copy_id
from everpost.domain.writing.working_copies import (
    FoundWorkingCopy,
    WorkingCopyChange,
    WorkingCopyQuery,
    WorkingCopyState,
)
from everpost.errors import Forbidden, NotFound, Stale
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Rows, Transaction
from everpost.stores.sql.engine.durability import confirm
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import PostRow, WorkingCopyRow
from everpost.stores.sql.model.types import IdText
from everpost.stores.sql.model.working_copies import (
    changed_values,
    post_state_of,
    working_copy_of,
    working_copy_state_of,
)
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.keyset import POSITION, Before, position_values
from everpost.stores.sql.queries.preconditions import (
    FORMS,
    NEW,
    STAMP,
    new_stamp_value,
    with_revision,
    with_values,
)

_COPY = WorkingCopyRow.__table__.c
_ID = bindparam("copy", type_=_COPY.id.type)
_USER = bindparam("user", type_=IdText)
_POST = bindparam("post", type_=IdText)
_OWNER = bindparam("owner", type_=IdText)
_STATE = ("post_id", "title", "base_updated_at", "updated_at", "version", "stamp")
_POST_STATE = (
    PostRow.id.label("found_id"),
    PostRow.author_id.label("found_author_id"),
    PostRow.status.label("found_status"),
    PostRow.publication_date.label("found_publication_date"),
    PostRow.updated_at.label("found_updated_at"),
)
_WITH_POST = outerjoin(WorkingCopyRow, PostRow, PostRow.id == WorkingCopyRow.post_id)
_GET = select(WorkingCopyRow.__table__, *_POST_STATE).select_from(_WITH_POST).where(_COPY.id == _ID)
_NEWEST_FIRST = (WorkingCopyRow.updated_at, WorkingCopyRow.post_id)
_STATES = select(*(_COPY[name] for name in _STATE), *_POST_STATE).select_from(_WITH_POST)
_PAGE = (
    _STATES.where(WorkingCopyRow.user_id == _USER)
    .order_by(*(column.desc() for column in _NEWEST_FIRST))
    .limit(selects.LIMIT)
)
_PAGE_AFTER = _PAGE.where(Before(*_NEWEST_FIRST, *POSITION))
_GET_STATE = _STATES.where(_COPY.id == _ID)
_REMOVE = delete(WorkingCopyRow).where(WorkingCopyRow.id == _ID)
_SAVE = (
    update(WorkingCopyRow)
    .where(WorkingCopyRow.id == _ID)
    .values(version=WorkingCopyRow.version + 1, stamp=STAMP)
)
_ONE = select(literal(1).label("one")).subquery("one")
_MAY_EDIT = ~(
    select(PostRow.id)
    .where(PostRow.id == _POST, or_(PostRow.author_id.is_(None), PostRow.author_id != _OWNER))
    .exists()
)
_VALUES = select(*(bindparam(f"{NEW}{column.key}", type_=column.type) for column in _COPY)).select_from(_ONE)
_NAMES = [column.key for column in _COPY]
_ADD = insert(WorkingCopyRow).from_select(_NAMES, _VALUES)


class SqlWorkingCopies:
    """`WorkingCopies` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._is_postgresql = connections.dialect.name == "postgresql"

    async def get(self, user_id: Id, post_id: Id) -> FoundWorkingCopy:
        for row in await self._connections.fetch(_GET, {"copy": working_copy_id(user_id, post_id)}):
            return FoundWorkingCopy(copy=working_copy_of(row), post=post_state_of(row))
        raise NotFound("working copy", post_id)

    async def page(self, query: WorkingCopyQuery) -> Page[WorkingCopyState]:
        parameters: Values = {"user": query.user_id, "limit": query.limit + 1}
        if query.after is None:
            rows = await self._connections.fetch(_PAGE, parameters)
        else:
            rows = await self._connections.fetch(_PAGE_AFTER, parameters | position_values(query.after))
        return Page.of([*map(working_copy_state_of, rows)], query.limit)

    async def add(self, change: WorkingCopyChange, *, own_post_only: bool = False) -> WorkingCopyState:
        row = {"id": change.id, "user_id": change.user_id, "post_id": change.post_id, "version": 1}
        values: Values = changed_values(change) | row | {"stamp": new_stamp()}
        call: Call = _ADD, {f"{NEW}{name}": value for name, value in values.items()}
        while True:
            with suppress(*VIOLATED):
                if (state := await self._write(change, call, own_post_only=own_post_only)) is not None:
                    return state
            found = await self._find_state(change, own_post_only=own_post_only)
            if found is not None:
                raise await self._stale(change, found)
            if not await self._connections.fetch(selects.FIND_USER, {"this": change.user_id}):
                raise NotFound("user", change.user_id)

    async def save(
        self, change: WorkingCopyChange, *, match: ExpectedRevisions, own_post_only: bool = False
    ) -> WorkingCopyState:
        saving, values = with_values(_SAVE, changed_values(change))
        values |= {"copy": change.id, **new_stamp_value()}
        call = with_revision(match, WorkingCopyRow, saving, values)
        while True:
            if (state := await self._write(change, call, own_post_only=own_post_only)) is not None:
                return state
            found = await self._find_state(change, own_post_only=own_post_only)
            if found is None:
                raise NotFound("working copy", change.post_id)
            if match is not None and found.revision not in match:
                raise await self._stale(change, found)

    async def remove(self, user_id: Id, post_id: Id, *, match: ExpectedRevisions) -> None:
        this: Values = {"copy": working_copy_id(user_id, post_id)}
        while not await self._connections.change(*with_revision(match, WorkingCopyRow, _REMOVE, this)):
            rows = await self._connections.fetch(_GET_STATE, this)
            if not rows:
                raise NotFound("working copy", post_id)
            state = working_copy_state_of(rows[0])
            if match is not None and state.revision not in match:
                raise Stale("working copy", post_id, changed_at=state.updated_at)

    async def _write(
        self, change: WorkingCopyChange, call: Call, *, own_post_only: bool
    ) -> WorkingCopyState | None:
        """Run the statement, and return the state of the working copy if it has been written."""
        statement, values = call
        if own_post_only:
            statement = _for_owner(statement)
            values = {**values, "post": change.post_id, "owner": change.user_id}
        if self._is_postgresql:
            rows = await self._connections.change_returning(_returning(statement), values)
        else:

            async def work(transaction: Transaction) -> Rows:
                reading = (_GET_STATE, {"copy": change.id})
                return (await transaction.execute_all([(statement, values), reading]))[-1].rows

            rows = await self._connections.transact(work)
        states = map(working_copy_state_of, rows)
        return next((state for state in states if state.revision.stamp == values["new_stamp"]), None)

    async def _find_state(self, change: WorkingCopyChange, *, own_post_only: bool) -> WorkingCopyState | None:
        """Return the state of a working copy that was not written, if it exists. Raises Forbidden."""
        if own_post_only:
            for post in await self._connections.fetch(selects.FIND_POST, {"this": change.post_id}):
                if post.author_id != change.user_id:
                    raise Forbidden("This post belongs to another author.")
        rows = await self._connections.fetch(_GET_STATE, {"copy": change.id})
        return next(map(working_copy_state_of, rows), None)

    async def _stale(self, change: WorkingCopyChange, found: WorkingCopyState) -> Stale:
        """The error for a working copy that has changed. The caller may find that it has the wanted state."""
        await confirm(self._connections, WorkingCopyRow, change.id)
        return Stale("working copy", change.post_id, changed_at=found.updated_at)


@lru_cache(FORMS)
def _for_owner(statement: Executable) -> Executable:
    """The statement, if the post does not exist or the user is its author."""
    if statement is _ADD:
        return insert(WorkingCopyRow).from_select(_NAMES, _VALUES.where(_MAY_EDIT))
    return cast("Update", statement).where(_MAY_EDIT)


@lru_cache(FORMS)
def _returning(statement: Executable) -> selects.AnySelect:
    """The statement, on PostgreSQL, as part of one that returns what `_GET_STATE` does."""
    writing = cast("Update | Insert", statement)
    written = writing.returning(*(_COPY[name] for name in _STATE)).cte("written")
    with_post = outerjoin(written, PostRow, PostRow.id == written.c.post_id)
    return select(*written.c, *_POST_STATE).select_from(with_post)
