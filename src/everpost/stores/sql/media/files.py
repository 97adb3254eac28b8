"""Media in SQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Delete, Update, bindparam, case, delete, insert, null, select, update

from everpost.domain.ids import Id
from everpost.domain.media.files import MediaChange, MediaFile, MediaQuery, MediaUse, media_id
from everpost.domain.paging import Page
from everpost.domain.posts import PostStatus
from everpost.domain.revisions import ExpectedRevisions, Revision
from everpost.errors import Conflict, Forbidden, InUse, Invalid, NotFound, Stale
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Transaction
from everpost.stores.sql.engine.durability import confirm
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.media import MediaRow, PostMediaRow, media_of, media_values, use_of
from everpost.stores.sql.model.tables import PostRow
from everpost.stores.sql.model.types import IdText, Moment
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.keyset import POSITION, Before, position_values
from everpost.stores.sql.queries.preconditions import (
    FORMS,
    STAMP,
    new_stamp_value,
    with_revision,
    with_values,
)

_ESCAPE = "/"
_COLUMNS = [column for column in MediaRow.__table__.c if column.key not in ("author_id", "released_at")]
_FILES = selects.with_author(select(*_COLUMNS).select_from(MediaRow), MediaRow.__table__.c.author_id)
_FILE = _FILES.where(MediaRow.id == selects.ID)
_USES = select(PostMediaRow.media_id).where(PostMediaRow.media_id == MediaRow.id).correlate(MediaRow)
_UNUSED_SINCE = case((_USES.exists(), null()), else_=MediaRow.released_at).label("unused_since")
_NEWEST_FIRST = (MediaRow.created_at, MediaRow.id)
_FIND = select(MediaRow.id, MediaRow.author_id, MediaRow.version, MediaRow.stamp).where(
    MediaRow.id == selects.ID
)
_USED_BY = select(PostMediaRow.post_id).where(PostMediaRow.media_id == selects.ID)
_POSTS = (
    select(PostRow.id, PostRow.title, PostRow.slug)
    .where(PostRow.id.in_(_USED_BY))
    .order_by(PostRow.id)
    .limit(selects.LIMIT)
)
_PUBLIC = (
    select(PostRow.id)
    .join(PostMediaRow, PostMediaRow.post_id == PostRow.id)
    .where(
        PostMediaRow.media_id == selects.ID,
        PostRow.status == PostStatus.PUBLISHED.value,
        PostRow.publication_date <= bindparam("moment", type_=Moment),
    )
    .limit(1)
)
_ADD = insert(MediaRow)
_SAVE = update(MediaRow).where(MediaRow.id == selects.ID).values(version=MediaRow.version + 1, stamp=STAMP)
_REMOVE = delete(MediaRow).where(MediaRow.id == selects.ID)
_SINCE = MediaRow.released_at <= bindparam("before", type_=Moment)
_REMOVE_RELEASED = _REMOVE.where(_SINCE)
_RELEASED = (
    select(MediaRow.id, MediaRow.digest)
    .where(_SINCE, ~_USES.exists())
    .order_by(MediaRow.released_at, MediaRow.id)
    .limit(selects.LIMIT)
)


class SqlMedia:
    """`Media` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def get(self, id: Id) -> MediaFile:
        for row in await self._connections.fetch(_FILE, {"this": id}):
            return media_of(row)
        raise NotFound("file", id)

    async def find(self, digests: Sequence[str]) -> Mapping[str, MediaFile]:
        ids = [*dict.fromkeys(map(media_id, digests))]
        files: list[MediaFile] = []
        for start in range(0, len(ids), selects.MAX_IDS):
            size, parameters = selects.padded("file", ids[start : start + selects.MAX_IDS])
            files += map(media_of, await self._connections.fetch(_files(size), parameters))
        wanted = set(digests)
        return {file.digest: file for file in files if file.digest in wanted}

    async def page(self, query: MediaQuery) -> Page[tuple[MediaFile, datetime | None]]:
        is_bounded = query.unused is None and not query.types and query.name is None
        rows = await self._connections.fetch(*_page(query), bounded=is_bounded)
        return Page.of([(media_of(row), row.unused_since) for row in rows], query.limit)

    async def uses(self, id: Id, *, limit: int) -> Sequence[MediaUse]:
        rows = await self._connections.fetch(_POSTS, {"this": id, "limit": limit})
        return [*map(use_of, rows)]

    async def is_public(self, digest: str, moment: datetime) -> bool:
        parameters = {"this": media_id(digest), "moment": moment}
        return bool(await self._connections.fetch(_PUBLIC, parameters))

    async def add(self, file: MediaFile) -> MediaFile:
        values = media_values(file)
        try:
            await self._connections.change(_ADD, values)
        except VIOLATED as error:
            if await self._find(file.id) is None:
                raise Invalid("author_id", "should be the id of a user") from error
            await confirm(self._connections, MediaRow, file.id)
            raise Conflict("file", "digest") from error
        return await self.get(file.id)

    async def save(
        self, id: Id, change: MediaChange, *, match: ExpectedRevisions, owner_id: Id | None = None
    ) -> MediaFile:
        saving, values = with_values(_SAVE, _changed_values(change))
        values |= {"this": id, **new_stamp_value()}
        statement, parameters = _with_owner(owner_id, with_revision(match, MediaRow, saving, values))

        async def work(transaction: Transaction) -> MediaFile:
            while not (await transaction.execute(statement, parameters)).matched:
                found = await transaction.execute(_FIND, {"this": id})
                _require(id, found.first(), match, owner_id)
            return media_of((await transaction.execute(_FILE, {"this": id})).one())

        return await self._connections.transact(work)

    async def remove(self, id: Id, *, match: ExpectedRevisions, owner_id: Id | None = None) -> None:
        call = _with_owner(owner_id, with_revision(match, MediaRow, _REMOVE, {"this": id}))
        try:
            while not await self._connections.change(*call):
                _require(id, await self._find(id), match, owner_id)
        except VIOLATED as error:
            raise InUse from error

    async def remove_unused(
        self, before: datetime, *, limit: int, keep: Collection[str] = ()
    ) -> Sequence[str]:
        parameters = {"before": before, "limit": limit + len(keep)}
        found = await self._connections.fetch(_RELEASED, parameters, bounded=False)
        removed: list[str] = []
        for row in [row for row in found if row.digest not in keep][:limit]:
            try:
                if await self._connections.change(_REMOVE_RELEASED, {"this": row.id, "before": before}):
                    removed.append(row.digest)
            except VIOLATED:
                continue  # a post has just begun to use it
        return removed

    async def _find(self, id: Id) -> AnyRow | None:
        return next(iter(await self._connections.fetch(_FIND, {"this": id})), None)


def _require(id: Id, found: AnyRow | None, match: ExpectedRevisions, owner_id: Id | None) -> None:
    """Raise the reason why no row met the preconditions; `found` is the row of `_FIND`. Nothing is raised if
    the file has met them since. Raises NotFound, Forbidden, Stale.
    """
    if found is None:
        raise NotFound("file", id)
    if owner_id is not None and found.author_id != owner_id:
        raise Forbidden("Another user uploaded this file.")
    if match is not None and Revision(found.version, found.stamp) not in match:
        raise Stale("file", id)


def _with_owner(owner_id: Id | None, call: tuple[Any, Values]) -> Call:
    """Restrict the statement to files that this user uploaded."""
    statement, values = call
    if owner_id is None:
        return statement, values
    return _owned(statement), values | {"owner": owner_id}


@lru_cache(FORMS)
def _owned(statement: Update | Delete) -> Update | Delete:
    return statement.where(MediaRow.author_id == bindparam("owner", type_=IdText))


def _changed_values(change: MediaChange) -> Values:
    """Return the columns to write."""
    values: Values = {"updated_at": change.updated_at}
    if change.name is not None:
        values["name"] = change.name
    if change.alt is not None:
        values["alt"] = change.alt
    if change.removes_focus:
        values |= {"focus_x": None, "focus_y": None}
    elif change.focus is not None:
        values["focus_x"], values["focus_y"] = change.focus
    return values


@cache
def _files(size: int) -> selects.AnySelect:
    return _FILES.where(MediaRow.id.in_(selects.id_parameters("file", size)))


def _page(query: MediaQuery) -> tuple[selects.AnySelect, Values]:
    """Return a statement for one file more than the page has, and its parameters."""
    statement = _page_of(
        unused=query.unused,
        has_types=bool(query.types),
        has_name=query.name is not None,
        after=query.after is not None,
    )
    parameters: Values = {"limit": query.limit + 1}
    if query.types:
        parameters["types"] = [type_.value for type_ in query.types]
    if query.name is not None:
        parameters["pattern"] = f"%{_escaped(query.name)}%"
    if query.after is not None:
        parameters |= position_values(query.after)
    return statement, parameters


@cache
def _page_of(*, unused: bool | None, has_types: bool, has_name: bool, after: bool) -> selects.AnySelect:
    statement = _FILES.add_columns(_UNUSED_SINCE)
    if unused is not None:
        statement = statement.where(~_USES.exists() if unused else _USES.exists())
    if has_types:
        statement = statement.where(MediaRow.type.in_(bindparam("types", expanding=True)))
    if has_name:
        pattern = bindparam("pattern", type_=MediaRow.name.type)
        statement = statement.where(MediaRow.name.like(pattern, escape=_ESCAPE))
    if after:
        statement = statement.where(Before(*_NEWEST_FIRST, *POSITION))
    return statement.order_by(*(column.desc() for column in _NEWEST_FIRST)).limit(selects.LIMIT)


def _escaped(text: str) -> str:
    """The text without special characters of LIKE."""
    for character in (_ESCAPE, "%", "_"):
        text = text.replace(character, _ESCAPE + character)
    return text
