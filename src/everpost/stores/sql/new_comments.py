"""Adding comments to threads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import insert

from everpost.domain.comment_preconditions import combined_preconditions
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.revisions import new_stamp
from everpost.errors import Conflict, Invalid
from everpost.stores.comment_additions import Addition
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Transaction
from everpost.stores.sql.model.mappers import Values, comment_of, comment_values
from everpost.stores.sql.model.tables import CommentRow
from everpost.stores.sql.queries import selects
from everpost.stores.sql.queries.comment_counts import (
    ThreadChange,
    add_shown_replies,
    reply_count_change,
    update_thread,
)
from everpost.stores.sql.queries.writable_ctes import adding_comments, each_of

_ADD = insert(CommentRow)


async def write_comments(connections: Connections, additions: Sequence[Addition]) -> Sequence[Comment]:
    """Add comments to one post: in one statement if possible; otherwise in a transaction, which also finds
    the reason for a refusal. Raises NotFound, Stale, Conflict, Invalid.
    """
    has_replies = any(addition.comment.parent_id is not None for addition in additions)
    is_one_statement = connections.dialect.name == "postgresql" and not has_replies
    comments = await _write_at_once(connections, additions) if is_one_statement else ()
    return comments or await connections.transact(partial(_add, additions))


async def _write_at_once(connections: Connections, additions: Sequence[Addition]) -> Sequence[Comment]:
    comments = [_new(addition) for addition in additions]
    thread_update, parameters = _change_by(additions).call
    parameters = {**parameters, **each_of([_row(comment) for comment in comments])}
    try:
        added = await connections.change_returning(adding_comments(thread_update), parameters)
    except VIOLATED as error:
        raise Conflict("comment", "id") from error
    return comments if added else ()


async def _add(additions: Sequence[Addition], transaction: Transaction) -> Sequence[Comment]:
    """Add the comments to their post in a transaction."""
    comments = [_new(addition) for addition in additions]
    parent_ids = sorted({each.parent_id for each in comments if each.parent_id is not None})
    change = _change_by(additions)
    reads: list[Call] = [(selects.COMMENT, {"of_post": change.post_id, "this": each}) for each in parent_ids]
    found = await update_thread(transaction, change, *reads)
    parents = {row.id: comment_of(row) for each in found for row in each}
    known = {**parents, **{each.id: each for each in comments if each.parent_id is None}}
    for place, comment in enumerate(comments):
        if comment.parent_id in known:
            depth = known[comment.parent_id].depth + 1
            comments[place] = known[comment.id] = replace(comment, depth=depth)
    await insert_comments(transaction, comments, known)
    for comment, _, under_hidden in additions:
        if comment.parent_id is not None and not (
            comment.parent_id in known and (under_hidden or _is_approved(known[comment.parent_id]))
        ):
            raise Invalid("parent_id", "should be the id of an approved comment on this post")
    return comments


async def insert_comments(
    transaction: Transaction, comments: Sequence[Comment], known: Mapping[Id, Comment]
) -> None:
    """Insert the comments, and count the replies of the known parents."""
    post_id = comments[0].post_id
    shown = Counter(each.parent_id for each in comments if each.parent_id is not None and each.is_shown)
    replies = [(known[parent_id], number) for parent_id, number in shown.items() if parent_id in known]
    answers = [
        reply_count_change(post_id, each.id, replies=more) for each, more in replies if _is_approved(each)
    ]
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


def _change_by(additions: Sequence[Addition]) -> ThreadChange:
    """Return the change that the comments make to their post."""
    comments = [addition.comment for addition in additions]
    preconditions = combined_preconditions([addition.preconditions for addition in additions])
    return ThreadChange(
        comments[0].post_id,
        more=sum(map(_is_approved, comments)),
        changes=len(comments),
        preconditions=preconditions,
        is_import=preconditions is None,
    )


def _is_approved(comment: Comment) -> bool:
    return comment.status is CommentStatus.APPROVED
