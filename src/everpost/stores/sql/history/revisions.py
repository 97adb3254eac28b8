"""The past states of posts in SQL."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Update,
    bindparam,
    case,
    delete,
    insert,
    literal,
    select,
)

from everpost.domain.clock import EARLIEST
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.users import Author
from everpost.domain.posts import PostChange, PostStatus
from everpost.domain.writing.history import (
    GROUP,
    MAX_REVISIONS,
    TEXT,
    Editing,
    KeptRevision,
    PostRevision,
    changes_history,
    is_new_text,
    revision_id,
    superfluous,
)
from everpost.errors import NotFound
from everpost.stores.sql.engine import Connections, Transaction
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.revisions import RevisionRow, revision_of
from everpost.stores.sql.model.tables import PostRow, UserRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.preconditions import FORMS

_TABLE = RevisionRow.__table__
_EDITOR = UserRow.__table__.alias("editor")
_NUMBER = bindparam("number", type_=Integer)
_PUBLISHED = literal(PostStatus.PUBLISHED, PostRow.status.type)
_COPIED = ("title", "content", "format", "summary", "tags", "cover", "author_id", "edited_by_id")
_KEEP = insert(RevisionRow).from_select(
    ["id", "post_id", "number", *_COPIED, "is_published", "saved_at"],
    select(
        bindparam("key", type_=_TABLE.c.id.type),
        PostRow.id,
        PostRow.revision_number,
        *(PostRow.__table__.c[name] for name in _COPIED),
        PostRow.status == _PUBLISHED,
        PostRow.updated_at,
    ).where(PostRow.id == selects.ID),
)
_TEXT = select(*(PostRow.__table__.c[name] for name in TEXT)).where(PostRow.id == selects.ID)
_KEPT = (
    select(RevisionRow.number, RevisionRow.saved_at, RevisionRow.is_published)
    .where(RevisionRow.post_id == selects.ID)
    .order_by(RevisionRow.number)
)
_THIN = delete(RevisionRow).where(
    RevisionRow.post_id == selects.ID, RevisionRow.number.in_(bindparam("numbers", expanding=True))
)
_NAMES = (
    UserRow.name.label("author_name"),
    UserRow.disabled_at.label("author_disabled_at"),
    _EDITOR.c.name.label("editor_name"),
    _EDITOR.c.disabled_at.label("editor_disabled_at"),
)


def _revisions(*columns: ColumnElement[Any]) -> Select[Any]:
    """Select these columns of the revisions of a post, with the names of authors and editors."""
    return (
        select(*columns, *_NAMES)
        .select_from(_TABLE)
        .outerjoin(UserRow, UserRow.id == RevisionRow.author_id)
        .outerjoin(_EDITOR, _EDITOR.c.id == RevisionRow.edited_by_id)
        .where(RevisionRow.post_id == selects.ID)
    )


_GET = _revisions(*_TABLE.c).where(RevisionRow.number == _NUMBER)
_PAGE = (
    _revisions(*(literal("").label("content") if each.key == "content" else each for each in _TABLE.c))
    .where(RevisionRow.number < _NUMBER)
    .order_by(RevisionRow.number.desc())
    .limit(selects.LIMIT)
)
_CURRENT = (
    select(
        PostRow.id.label("post_id"),
        PostRow.revision_number.label("number"),
        *(PostRow.__table__.c[name] for name in _COPIED),
        (PostRow.status == _PUBLISHED).label("is_published"),
        PostRow.updated_at.label("saved_at"),
        *_NAMES,
    )
    .outerjoin(UserRow, UserRow.id == PostRow.author_id)
    .outerjoin(_EDITOR, _EDITOR.c.id == PostRow.edited_by_id)
    .where(PostRow.id == selects.ID)
)
_PAST_ALL = 2**31 - 1


class SqlRevisions:
    """`Revisions` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def current(self, post_id: Id) -> PostRevision:
        rows = await self._connections.fetch(_CURRENT, {"this": post_id})
        for row in rows:
            return _with_names(row)
        raise NotFound("post", post_id)

    async def get(self, post_id: Id, number: int) -> PostRevision:
        rows = await self._connections.fetch(_GET, {"this": post_id, "number": number})
        for row in rows:
            return _with_names(row)
        raise NotFound("revision", str(number))

    async def page(self, post_id: Id, *, limit: int, before: int | None = None) -> Page[PostRevision]:
        number = _PAST_ALL if before is None else before
        rows = await self._connections.fetch(_PAGE, {"this": post_id, "number": number, "limit": limit + 1})
        return Page.of([_with_names(row) for row in rows], limit)


async def keep_state(found: AnyRow, change: PostChange, transaction: Transaction) -> Values:
    """Keep the current state of a post as a revision, if the change begins a new one. Returns the values to
    set in the row of the post. `found` has the columns `selects.FIND_POST` of that row, which the transaction
    has locked.
    """
    if not changes_history(change):
        return {}
    editing = Editing(
        status=PostStatus(found.status),
        revision_number=found.revision_number,
        edited_by_id=found.edited_by_id,
        edit_began_at=found.edit_began_at,
    )
    is_new = True
    if editing.begins_revision(change):
        text = (await transaction.execute(_TEXT, {"this": found.id})).one()
        is_new = is_new_text(change, partial(getattr, text))
    after = editing.after(change, is_new_text=is_new)
    if after.revision_number != editing.revision_number:
        key = revision_id(found.id, editing.revision_number)
        await transaction.execute(_KEEP, {"this": found.id, "key": key})
        if after.revision_number > MAX_REVISIONS:
            await _thin_out(found.id, change, transaction)
    return {
        "revision_number": after.revision_number,
        "edited_by_id": after.edited_by_id,
        "edit_began_at": after.edit_began_at,
    }


def may_continue(change: PostChange) -> bool:
    """Whether the change keeps no revision in some states of the post."""
    return not changes_history(change) or (change.editor_id is not None and not change.begins_revision)


def continuing(change: PostChange, saving: Update, values: Values) -> tuple[Update, Values]:
    """Restrict a change to posts whose group of edits it continues; return it and its parameters. Only for
    PostgreSQL, where all values of an UPDATE are computed from the old row.
    """
    since = max(change.updated_at - GROUP, EARLIEST)
    group = {"editor": change.editor_id, "after": since, "until": change.updated_at}
    return _continuing(saving, may_publish=change.status is PostStatus.PUBLISHED), values | group


@lru_cache(FORMS)
def _continuing(saving: Update, *, may_publish: bool) -> Update:
    saving = saving.where(
        PostRow.edited_by_id == bindparam("editor", type_=IdText),
        PostRow.edit_began_at > bindparam("after", type_=Moment),
        PostRow.edit_began_at <= bindparam("until", type_=Moment),
    )
    if not may_publish:
        return saving
    return saving.values(edit_began_at=case((PostRow.status == _PUBLISHED, PostRow.edit_began_at)))


async def _thin_out(post_id: Id, change: PostChange, transaction: Transaction) -> None:
    rows = (await transaction.execute(_KEPT, {"this": post_id})).rows
    kept = [
        KeptRevision(number=row.number, saved_at=row.saved_at, is_published=bool(row.is_published))
        for row in rows
    ]
    numbers = superfluous(kept, change.updated_at)
    if numbers:
        await transaction.execute(_THIN, {"this": post_id, "numbers": list(numbers)})


def _with_names(row: AnyRow) -> PostRevision:
    author = _person(row.author_id, row.author_name, row.author_disabled_at)
    editor = _person(row.edited_by_id, row.editor_name, row.editor_disabled_at)
    return replace(revision_of(row), author=author, edited_by=editor)


def _person(id: Id | None, name: str | None, disabled_at: datetime | None) -> Author | None:
    if id is None or name is None:
        return None
    return Author(id=id, name=name, is_disabled=disabled_at is not None)
