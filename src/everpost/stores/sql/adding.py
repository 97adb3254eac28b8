"""Adding comments to threads."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from sqlalchemy import insert

from everpost.domain.admissions import Admission, together
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.errors import Busy, Conflict, EverpostError, Invalid
from everpost.stores.sql import reading
from everpost.stores.sql.durability import confirm
from everpost.stores.sql.engine import VIOLATED, Connections, Transaction
from everpost.stores.sql.rows import author_of, comment_of, comment_values
from everpost.stores.sql.tables import CommentRow
from everpost.stores.sql.threads import settle, touch
from everpost.stores.turns import TurnsByKey

_MOST_TOGETHER = 50
_ADD = insert(CommentRow)


class Addition(NamedTuple):
    """A comment that is to be added."""

    comment: Comment
    admission: Admission | None
    under_hidden: bool
    """Whether it may answer a comment that is not approved."""


class Adder:
    """Adds comments. Those that come for one post while some are being added to it go together, in the next
    transaction: each of their own would wait there for the one before, for they all change the post.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._turns: TurnsByKey[Id, Addition, Comment | EverpostError] = TurnsByKey(
            self._add_together, most=_MOST_TOGETHER
        )

    async def add(self, addition: Addition) -> Comment:
        """The comment as it is kept. NotFound, Stale, Conflict, Invalid, Busy."""
        outcome = await self._turns.ask(addition.comment.post_id, addition)
        if isinstance(outcome, EverpostError):
            raise outcome
        return outcome

    async def _add_together(self, additions: Sequence[Addition]) -> Sequence[Comment | EverpostError]:
        """All of them; where one cannot be, each alone."""
        try:
            return await self._connections.transact(partial(_add, additions))
        except Busy:
            raise
        except EverpostError as error:
            if len(additions) == 1:
                return [await self._confirmed(additions[0], error)]
        return [await self._add_alone(addition) for addition in additions]

    async def _add_alone(self, addition: Addition) -> Comment | EverpostError:
        try:
            (added,) = await self._connections.transact(partial(_add, [addition]))
        except EverpostError as error:
            return await self._confirmed(addition, error)
        return added

    async def _confirmed(self, addition: Addition, error: EverpostError) -> EverpostError:
        """The error; where it says that the comment is there already, once that is durable."""
        if isinstance(error, Conflict):
            try:
                await confirm(self._connections, CommentRow, addition.comment.id)
            except EverpostError as failure:
                return failure
        return error


async def _add(additions: Sequence[Addition], transaction: Transaction) -> Sequence[Comment]:
    """Put the comments under their post, which is the same."""
    comments = [addition.comment for addition in additions]
    approved = sum(comment.status is CommentStatus.APPROVED for comment in comments)
    admission = together([addition.admission for addition in additions])
    await touch(transaction, comments[0].post_id, more=approved, changes=len(comments), admission=admission)
    added = [replace(comment, depth=0, reply_count=0) for comment in comments]
    await _insert(transaction, [comment for comment in added if comment.parent_id is None])
    for place, (comment, _, under_hidden) in enumerate(additions):
        if comment.parent_id is not None:
            added[place] = await _reply(
                transaction, added[place], comment.parent_id, under_hidden=under_hidden
            )
    return await _named(transaction, added)


async def _insert(transaction: Transaction, comments: Sequence[Comment]) -> None:
    if not comments:
        return
    try:
        rows = [comment_values(comment) for comment in comments]
        await transaction.execute(_ADD, rows if len(rows) > 1 else rows[0])
    except VIOLATED as error:
        raise Conflict("comment", "id") from error


async def _reply(transaction: Transaction, comment: Comment, parent_id: Id, *, under_hidden: bool) -> Comment:
    this = {"of_post": comment.post_id, "this": parent_id}
    row = (await transaction.execute(reading.COMMENT, this)).first()
    parent = None if row is None else comment_of(row)
    reply = replace(comment, depth=0 if parent is None else parent.depth + 1)
    await _insert(transaction, [reply])
    if parent is None or not (under_hidden or parent.status is CommentStatus.APPROVED):
        raise Invalid("parent_id", "is not an approved comment of this post")
    await settle(transaction, comment.post_id, parent_id, more=int(reply.is_shown))
    return reply


async def _named(transaction: Transaction, comments: Sequence[Comment]) -> Sequence[Comment]:
    """The comments, with their authors as these are called now."""
    ids = {comment.author.id for comment in comments if comment.author is not None}
    if not ids:
        return comments
    rows = await transaction.execute(*reading.users(list(ids)))
    named = {row.author_id: author_of(row) for row in rows}
    return [
        comment if comment.author is None else replace(comment, author=named.get(comment.author.id))
        for comment in comments
    ]
