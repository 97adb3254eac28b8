"""Ids of removed users.

Comments keep the id of a removed author, who reads as no user. So no new user gets this id. Only a move may
bring such a user back; then comments written here before lose the id.

Each function runs in a transaction that has locked the blog; see `settings.renew_names`.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, select, update

from everpost.domain.ids import Id
from everpost.stores.sql.engine import Transaction
from everpost.stores.sql.model.removed_comments import RemovedCommentRow
from everpost.stores.sql.model.tables import CommentRow, RemovedUserRow, UserRow
from everpost.stores.sql.model.types import IdText

_THESE = bindparam("these", type_=IdText, expanding=True)
_REMEMBER = insert(RemovedUserRow).from_select(["id"], select(UserRow.id).where(UserRow.id.in_(_THESE)))
_REMEMBERED = select(RemovedUserRow.id).where(RemovedUserRow.id.in_(_THESE))
_PEOPLE = (RemovedCommentRow.author_id, RemovedCommentRow.editor_id, RemovedCommentRow.removed_by_id)
_FORGET = (
    update(CommentRow).where(CommentRow.author_id.in_(_THESE)).values(author_id=None),
    update(CommentRow).where(CommentRow.editor_id.in_(_THESE)).values(editor_id=None),
    *(update(RemovedCommentRow).where(each.in_(_THESE)).values({each.key: None}) for each in _PEOPLE),
    delete(RemovedUserRow).where(RemovedUserRow.id.in_(_THESE)),
)


async def remember(transaction: Transaction, ids: Sequence[Id]) -> None:
    """Remember the ids of these users, which are about to be removed."""
    if ids:
        await transaction.execute(_REMEMBER, {"these": ids})


async def removed_among(transaction: Transaction, ids: Sequence[Id]) -> Sequence[Id]:
    """Return the ids among these that removed users had."""
    return [row.id for row in (await transaction.execute(_REMEMBERED, {"these": ids})).rows] if ids else []


async def forget(transaction: Transaction, ids: Sequence[Id]) -> None:
    """Make these ids available again, and remove them from all existing comments. Reads all comments if there
    are any such ids.
    """
    if again := await removed_among(transaction, ids):
        for statement in _FORGET:
            await transaction.execute(statement, {"these": again})
