"""Changing posts."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, TypeAlias

from sqlalchemy import bindparam, delete, insert, select, update

from everpost.domain.ids import Id
from everpost.domain.post_paths import moves
from everpost.domain.posts import Post, PostChange
from everpost.domain.writing.history import changes_history
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Forbidden, InTrash, NotFound, Stale
from everpost.stores.grouped_writes import GroupedWrites
from everpost.stores.preconditions import Preconditions
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Transaction
from everpost.stores.sql.history.revisions import continuing, keep_state, may_continue
from everpost.stores.sql.media import uses
from everpost.stores.sql.model.mappers import AnyRow, Values, posts_with_threads
from everpost.stores.sql.model.tables import PostRow, PostTagRow
from everpost.stores.sql.model.types import IdText
from everpost.stores.sql.post_paths import move
from everpost.stores.sql.queries import post_queries, selects, writable_ctes
from everpost.stores.sql.queries.preconditions import (
    STAMP,
    new_stamp_value,
    require_preconditions,
    with_preconditions,
    with_values,
)
from everpost.stores.sql.queries.saved_copies import removal_of

_SAVE = update(PostRow).where(PostRow.id == selects.ID).values(version=PostRow.version + 1, stamp=STAMP)
_REMOVE = delete(PostRow).where(PostRow.id == selects.ID)
_LOCK = selects.FIND_POST.with_for_update(key_share=True)
_TAGS_OF = bindparam("tags_of", type_=IdText)
_LISTED = (PostRow.status, PostRow.kind, PostRow.publication_date, PostRow.updated_at)
_REMOVE_TAGS = delete(PostTagRow).where(PostTagRow.post_id == _TAGS_OF)
_TAG = insert(PostTagRow).from_select(
    ["post_id", "tag", *(column.key for column in _LISTED)],
    select(PostRow.id, bindparam("each_tag", type_=PostTagRow.tag.type), *_LISTED).where(
        PostRow.id == _TAGS_OF
    ),
)
_OF_POST = select(PostRow.id).where(PostRow.id == PostTagRow.post_id)
_UPDATE_TAG_ROWS = (
    update(PostTagRow)
    .where(PostTagRow.post_id == _TAGS_OF)
    .values({column.key: _OF_POST.with_only_columns(column).scalar_subquery() for column in _LISTED})
)

_Outcome: TypeAlias = Post | Exception


class Change(NamedTuple):
    """A change to make to a post."""

    id: Id
    values: PostChange
    preconditions: Preconditions
    comments: int
    """The number of comments in the returned post."""
    history: Values | None = None
    """The values for the history of the post, from `keep_state`. None: the post has not been read yet."""

    @property
    def update(self) -> Call:
        """An UPDATE of the post alone. Without `history`, only if the change begins no revision."""
        saving, values = with_values(_SAVE, _columns(self.values) | (self.history or {}))
        values |= {"this": self.id, **new_stamp_value()}
        if self.history is None and changes_history(self.values):
            saving, values = continuing(self.values, saving, values)
        return with_preconditions(self.preconditions, saving, values)

    @property
    def whole(self) -> Call:
        """The change of the post with its tags and files in one statement of PostgreSQL."""
        updating, parameters = self.update
        tags, comments = self.values.tags, self.comments
        used = uses.all_changes(self.values)
        statement = writable_ctes.saving_post(
            updating, has_tags=tags is not None, has_comments=comments > 0, writes_uses=bool(used)
        )
        return statement, {**parameters, "comments": comments, **writable_ctes.each_tag(tags or ()), **used}

    @property
    def changes_only_the_post(self) -> bool:
        """Whether only the post, its tags and files change, so that `whole` is the complete change."""
        is_alone = self.values.saved_copy is None and not moves(self.values)
        return is_alone and may_continue(self.values)

    @property
    def saved_copy(self) -> Sequence[Call]:
        """The statement that removes the working copy that is saved, if one is."""
        return removal_of(self.values.saved_copy, self.id)

    def require(self, found: AnyRow | None) -> None:
        """As `require_preconditions`."""
        require_preconditions(self.preconditions, self.id, found)


class PostUpdater:
    """Changes posts, grouping the changes of each."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._is_postgresql = connections.dialect.name == "postgresql"
        self._groups: GroupedWrites[Id, Change, Post] = GroupedWrites(self._save_together, refusals=VIOLATED)

    async def save(self, change: Change) -> Post:
        """Change the post and return it. Raises NotFound, Forbidden, InTrash, Stale, or an error of
        `VIOLATED`."""
        return await self._groups.write(change.id, change)

    async def remove(
        self, id: Id, preconditions: Preconditions, discarded_copy: SavedCopy | None = None
    ) -> None:
        """Remove a post, everything that belongs to it, and a working copy. Raises NotFound, Forbidden,
        Stale.
        """
        this: Values = {"this": id}
        removing = with_preconditions(preconditions, _REMOVE, this)

        async def work(transaction: Transaction) -> int:
            _, removal = await transaction.execute_all([uses.release(id), removing])
            removed = removal.matched
            if removed:
                for call in removal_of(discarded_copy, id):
                    await transaction.execute(*call)
            return removed

        while not await self._connections.transact(work, time_limited=False):
            found = await self._connections.fetch(selects.FIND_POST, this)
            require_preconditions(preconditions, id, next(iter(found), None))

    async def _save_together(self, changes: Sequence[Change]) -> Sequence[_Outcome]:
        """Make changes of one post, a single one in one statement where possible. If that statement writes
        nothing, a transaction locks the post first.
        """
        if self._is_postgresql and len(changes) == 1 and changes[0].changes_only_the_post:
            (change,) = changes
            rows = await self._connections.change_returning(*change.whole)
            if rows:
                return [posts_with_threads(rows)[change.id]]
        return await self._connections.transact(partial(self._save_all, changes))

    async def _save_all(self, changes: Sequence[Change], transaction: Transaction) -> Sequence[_Outcome]:
        """Make changes of one post in a transaction; an error for each change whose preconditions it does not
        meet.
        """
        if self._is_postgresql and (len(changes) > 1 or not changes_history(changes[0].values)):
            await transaction.execute(_LOCK, {"this": changes[0].id})  # otherwise `_kept` does
        save = _save_at_once if self._is_postgresql else _save
        outcomes: list[_Outcome] = []
        for change in changes:
            is_whole = self._is_postgresql and len(changes) > 1 and change.changes_only_the_post
            if is_whole and (rows := (await transaction.execute(*change.whole)).rows):
                outcomes.append(posts_with_threads(rows)[change.id])
                continue
            try:
                history = await _kept(change, transaction)
                moved, calls = await move(change.id, change.values, transaction)
                ready = change._replace(values=moved, history=history)
                outcomes.append(await save(ready, calls, transaction))
            except (NotFound, Forbidden, InTrash, Stale) as error:
                outcomes.append(error)
        return outcomes


async def _kept(change: Change, transaction: Transaction) -> Values:
    """Keep the state of the post that the change replaces, if it is to be kept, and return the values for the
    history of the post. Raises NotFound, Forbidden, Stale.
    """
    if not changes_history(change.values):
        return {}
    found = (await transaction.execute(_LOCK, {"this": change.id})).first()
    change.require(found)
    return {} if found is None else await keep_state(found, change.values, transaction)


async def _save_at_once(change: Change, paths: Sequence[Call], transaction: Transaction) -> Post:
    while not (rows := (await transaction.execute(*change.whole)).rows):
        found = await transaction.execute(selects.FIND_POST, {"this": change.id})
        change.require(found.first())
    if others := (*paths, *change.saved_copy):
        await transaction.execute_all(others)
    return posts_with_threads(rows)[change.id]


async def _save(change: Change, paths: Sequence[Call], transaction: Transaction) -> Post:
    is_locked = bool(change.history)  # and meets the preconditions
    while not is_locked and not (await transaction.execute(*change.update)).matched:
        found = await transaction.execute(selects.FIND_POST, {"this": change.id})
        change.require(found.first())
    calls = [
        *([change.update] if is_locked else []),
        *paths,
        *change.saved_copy,
        *tagging(change.id, change.values.tags),
        *uses.changes(change.id, change.values),
        post_queries.posts([change.id], change.comments),
    ]
    saved = (await transaction.execute_all(calls))[-1]
    return posts_with_threads(saved.rows)[change.id]


def tagging(id: Id, tags: Sequence[str] | None) -> Sequence[Call]:
    """Return the statements that update the rows of a post in the lists by tag; with these tags, if given."""
    of_post = {"tags_of": id}
    if tags is None:
        return [(_UPDATE_TAG_ROWS, of_post)]
    return [(_REMOVE_TAGS, of_post), *((_TAG, of_post | {"each_tag": tag}) for tag in tags)]


def _columns(change: PostChange) -> dict[str, object]:
    """Return the columns to change."""
    names = (
        *("title", "content", "publication_date", "slug", "tags", "paths", "format", "status", "kind"),
        "author_id",
    )
    given = {name: getattr(change, name) for name in names}
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if change.summary is not None:
        changes["summary"] = change.summary or None
    if change.cover is not None:
        changes["cover"] = change.cover or None
    if change.comment_policy is not None:
        changes["comment_policy"] = None if change.comment_policy == "inherit" else change.comment_policy
    return {"updated_at": change.updated_at, **changes}
