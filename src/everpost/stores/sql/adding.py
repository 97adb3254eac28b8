"""Adding comments to threads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from sqlalchemy import insert

from everpost.domain.admissions import Admission, together
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.revisions import new_stamp
from everpost.errors import Busy, Conflict, EverpostError, Invalid
from everpost.stores.sql import reading
from everpost.stores.sql.durability import confirm
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Transaction
from everpost.stores.sql.rows import Values, comment_of, comment_values
from everpost.stores.sql.tables import CommentRow
from everpost.stores.sql.threads import Touch, add_shown_replies, answering, touch
from everpost.stores.sql.writable_ctes import adding_comments, each_of
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
            return await self._write(additions)
        except Busy:
            raise
        except EverpostError as error:
            if len(additions) == 1:
                return [await self._confirmed(additions[0], error)]
        return [await self._add_alone(addition) for addition in additions]

    async def _add_alone(self, addition: Addition) -> Comment | EverpostError:
        try:
            (added,) = await self._write([addition])
        except EverpostError as error:
            return await self._confirmed(addition, error)
        return added

    async def _confirmed(self, addition: Addition, error: EverpostError) -> EverpostError:
        """The error; if it says that the comment exists already, only once that comment is durable."""
        if isinstance(error, Conflict):
            try:
                await confirm(self._connections, CommentRow, addition.comment.id)
            except EverpostError as failure:
                return failure
        return error

    async def _write(self, additions: Sequence[Addition]) -> Sequence[Comment]:
        """In one statement where possible; otherwise a transaction finds the reason."""
        has_replies = any(addition.comment.parent_id is not None for addition in additions)
        is_one_statement = self._connections.dialect.name == "postgresql" and not has_replies
        comments = await self._write_at_once(additions) if is_one_statement else ()
        return comments or await self._connections.transact(partial(_add, additions))

    async def _write_at_once(self, additions: Sequence[Addition]) -> Sequence[Comment]:
        comments = [_new(addition) for addition in additions]
        touching, parameters = _change_by(additions).call
        parameters = {**parameters, **each_of([_row(comment) for comment in comments])}
        try:
            added = await self._connections.change_returning(adding_comments(touching), parameters)
        except VIOLATED as error:
            raise Conflict("comment", "id") from error
        return comments if added else ()


async def _add(additions: Sequence[Addition], transaction: Transaction) -> Sequence[Comment]:
    """Put the comments under their post, which is the same."""
    comments = [_new(addition) for addition in additions]
    parent_ids = sorted({each.parent_id for each in comments if each.parent_id is not None})
    change = _change_by(additions)
    reads: list[Call] = [(reading.COMMENT, {"of_post": change.post_id, "this": each}) for each in parent_ids]
    found = await touch(transaction, change, *reads)
    parents = {row.id: comment_of(row) for each in found for row in each}
    known = {**parents, **{each.id: each for each in comments if each.parent_id is None}}
    for place, comment in enumerate(comments):
        if comment.parent_id in known:
            depth = known[comment.parent_id].depth + 1
            comments[place] = known[comment.id] = replace(comment, depth=depth)
    await _insert(transaction, comments, known)
    for comment, _, under_hidden in additions:
        if comment.parent_id is not None and not (
            comment.parent_id in known and (under_hidden or _is_approved(known[comment.parent_id]))
        ):
            raise Invalid("parent_id", "should be the id of an approved comment on this post")
    return comments


async def _insert(transaction: Transaction, comments: Sequence[Comment], known: Mapping[Id, Comment]) -> None:
    """Insert the comments, and count them as replies to the known parents."""
    post_id = comments[0].post_id
    shown = Counter(each.parent_id for each in comments if each.parent_id is not None and each.is_shown)
    replies = [(known[parent_id], number) for parent_id, number in shown.items() if parent_id in known]
    answers = [answering(post_id, each.id, replies=more) for each, more in replies if _is_approved(each)]
    rows = [_row(comment) for comment in comments]
    try:
        if len(rows) > 1:
            await transaction.execute(_ADD, rows)
            await transaction.execute_all(answers)
        else:
            await transaction.execute_all([(_ADD, rows[0]), *answers])
    except VIOLATED as error:
        raise Conflict("comment", "id") from error
    for parent, more in replies:
        if not _is_approved(parent):
            await add_shown_replies(transaction, post_id, parent.id, more=more)


def _new(addition: Addition) -> Comment:
    return replace(addition.comment, depth=0, reply_count=0, stamp=new_stamp())


def _row(comment: Comment) -> Values:
    return comment_values(comment) | {"stamp": comment.stamp}


def _change_by(additions: Sequence[Addition]) -> Touch:
    """The changes that the comments make to their post."""
    comments = [addition.comment for addition in additions]
    return Touch(
        comments[0].post_id,
        more=sum(map(_is_approved, comments)),
        changes=len(comments),
        admission=together([addition.admission for addition in additions]),
    )


def _is_approved(comment: Comment) -> bool:
    return comment.status is CommentStatus.APPROVED
