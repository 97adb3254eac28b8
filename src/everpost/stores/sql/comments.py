"""Comments in SQL.

Every change first locks the row of the post. So writers in a thread queue without deadlocks, and rows that
were read stay current until the end of the transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Delete, Integer, Update, delete, literal_column, select, update

from everpost.domain.comment_preconditions import CommentPreconditions, EditCredential, refusal
from everpost.domain.comments import Comment, CommentChange, CommentQuery, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import Removal, is_tombstone
from everpost.errors import NotFound
from everpost.stores.batching import Batcher
from everpost.stores.comment_additions import Addition, Additions
from everpost.stores.sql.engine import Call, Connections, Result, Rows, Transaction
from everpost.stores.sql.engine.durability import confirm
from everpost.stores.sql.model.mappers import AnyRow, Values, comment_of
from everpost.stores.sql.model.tables import CommentRow
from everpost.stores.sql.new_comments import write_comments
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.comment_counts import (
    ThreadChange,
    add_shown_replies,
    set_shown,
    update_thread,
)
from everpost.stores.sql.queries.preconditions import (
    STAMP,
    new_stamp_value,
    with_credential,
    with_revision,
    with_values,
)
from everpost.stores.sql.trash.kept_comments import keeping

_OF_THE_POST = (CommentRow.id == selects.ID, CommentRow.post_id == selects.POST_ID)
SAVE = update(CommentRow).where(*_OF_THE_POST).values(version=CommentRow.version + 1, stamp=STAMP)
_REMOVE = delete(CommentRow).where(*_OF_THE_POST)
_IS_ANSWERED = (
    select(literal_column("1", Integer))
    .where(CommentRow.post_id == selects.POST_ID, CommentRow.parent_id == selects.ID)
    .limit(1)
)
Write = TypeVar("Write", Update, Delete)
Preconditions = tuple[ExpectedRevisions, EditCredential | None]
"""The revisions that a comment must have to be written, and the credential that its writer needs."""
_ERASED: Values = {
    "content": "",
    "author_id": None,
    "guest_name": None,
    "key_digest": None,
    "editor_id": None,
    "edited_at": None,
    "status": CommentStatus.REMOVED,
}


class SqlComments:
    """`Comments` of the port."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._additions = Additions(partial(write_comments, connections), self._is_free)
        self._found = Batcher(self._find_all, most=selects.MAX_IDS)

    async def get(self, post_id: Id, id: Id) -> Comment:
        for row in await self._connections.fetch(selects.COMMENT, {"of_post": post_id, "this": id}):
            return comment_of(row)
        await self._require_post(post_id)
        raise NotFound("comment", id)

    async def find(self, id: Id) -> Comment | None:
        return await self._found.load(id)

    async def _find_all(self, ids: Sequence[Id]) -> Sequence[Comment | None]:
        rows = await self._connections.fetch(*selects.comments_by_id(list(set(ids))))
        found = {row.id: comment_of(row) for row in rows}
        return [found.get(each) for each in ids]

    async def page(self, query: CommentQuery) -> Page[Comment]:
        rows = await self._connections.fetch(*selects.page_of_thread(query))
        if not rows:
            await self._require_post(query.post_id)
        return _page(rows, query.limit)

    async def branches(
        self, post_id: Id, parent_ids: Sequence[Id], *, limit: int
    ) -> Mapping[Id, Page[Comment]]:
        replies: dict[Id, list[AnyRow]] = {parent_id: [] for parent_id in parent_ids}
        parents = list(replies)
        for start in range(0, len(parents), selects.MAX_IDS):
            statement, heads = selects.oldest_of_branches(parents[start : start + selects.MAX_IDS])
            parameters = {"of_post": post_id, "comments": limit + 1, **heads}
            found = await self._connections.fetch(statement, parameters)
            if not found:
                await self._require_post(post_id)
            for row in found:
                replies[row.parent_id].append(row)
        for rows in replies.values():
            rows.sort(key=lambda row: (row.publication_date, row.id))
        return {parent_id: _page(rows, limit) for parent_id, rows in replies.items()}

    async def queue(self, query: QueueQuery) -> Page[Comment]:
        return _page(await self._connections.fetch(*selects.page_of_queue(query)), query.limit)

    async def add(
        self,
        comment: Comment,
        *,
        preconditions: CommentPreconditions | None = None,
        under_hidden: bool = False,
    ) -> Comment:
        return await self._additions.add(Addition(comment, preconditions, under_hidden))

    async def save(
        self,
        post_id: Id,
        id: Id,
        change: CommentChange,
        *,
        match: ExpectedRevisions,
        credential: EditCredential | None = None,
    ) -> Comment:
        values = _changes(change)
        this: Values = {"of_post": post_id, "this": id}

        async def work(transaction: Transaction) -> Comment:
            change_of_post = ThreadChange(
                post_id, preconditions=None if credential is None else credential.preconditions
            )
            reads = [] if change.status is None else [(selects.COMMENT, this)]
            found = await update_thread(transaction, change_of_post, *reads)
            statement = _conditional(with_values(SAVE, values), this, (match, credential))
            written, after = await transaction.execute_all([statement, (selects.COMMENT, this)])
            if not written.matched:
                raise refusal(id, _first(after), credential)
            saved = comment_of(after.one())
            for before in found:
                await propagate(transaction, comment_of(before.one()), saved)
            return saved

        return await self._connections.transact(work)

    async def remove(
        self,
        post_id: Id,
        id: Id,
        *,
        match: ExpectedRevisions,
        credential: EditCredential | None = None,
        removal: Removal | None = None,
    ) -> None:
        this: Values = {"of_post": post_id, "this": id}

        async def work(transaction: Transaction) -> None:
            found, answers = await update_thread(
                transaction, ThreadChange(post_id), (selects.COMMENT, this), (_IS_ANSWERED, this)
            )
            before, is_answered = _first(found), answers.first() is not None
            if removal is not None and before is not None and not is_tombstone(before):
                await transaction.execute_all(keeping(removal, post_id, id))
            preconditions = match, credential
            erasing = _conditional(with_values(SAVE, _ERASED), this, preconditions)
            statement = erasing if is_answered else _conditional((_REMOVE, {}), this, preconditions)
            if not (await transaction.execute(*statement)).matched:
                raise refusal(id, before, credential)
            if before is not None:
                after = replace(before, status=CommentStatus.REMOVED) if is_answered else None
                await propagate(transaction, before, after)

        await self._connections.transact(work)

    async def _is_free(self, comment: Comment) -> bool:
        await confirm(self._connections, CommentRow, comment.id)
        return False

    async def _require_post(self, post_id: Id) -> None:
        if not await self._connections.fetch(selects.FIND_POST, {"this": post_id}):
            raise NotFound("post", post_id)


def _changes(change: CommentChange) -> Values:
    """Return the columns to change."""
    values: Values = {}
    if change.content is not None:
        values |= {"content": change.content, "updated_at": change.updated_at}
    if change.editor_id is not None:
        values |= {"editor_id": change.editor_id, "edited_at": change.updated_at}
    if change.status is not None:
        values["status"] = change.status
    return values


def _page(rows: Rows | list[AnyRow], limit: int) -> Page[Comment]:
    return Page.of([*map(comment_of, rows)], limit)


def _first(found: Result) -> Comment | None:
    row = found.first()
    return None if row is None else comment_of(row)


def _conditional(change: tuple[Write, Values], this: Values, preconditions: Preconditions) -> Call:
    """Restrict the statement to the comment, if it meets the preconditions; return it and its parameters."""
    (statement, values), (match, credential) = change, preconditions
    return with_credential(
        credential, *with_revision(match, CommentRow, statement, this | values | new_stamp_value())
    )


async def propagate(transaction: Transaction, before: Comment, after: Comment | None) -> None:
    """Update the counts and tombstones that depend on a comment; `after` is None if it was deleted."""
    was_approved = before.status is CommentStatus.APPROVED
    is_approved = after is not None and after.status is CommentStatus.APPROVED
    if is_approved != was_approved:
        await update_thread(
            transaction, ThreadChange(before.post_id, more=is_approved - was_approved, changes=0)
        )
    is_shown = after is not None and after.is_shown
    if is_shown == before.is_shown:
        return
    if after is not None:
        await set_shown(transaction, before.post_id, before.id, is_shown=is_shown)
    if before.parent_id is not None:
        await add_shown_replies(
            transaction, before.post_id, before.parent_id, more=is_shown - before.is_shown
        )
