"""Moderation of the comments of all posts."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from everpost.domain.clock import now
from everpost.domain.comments import Comment, CommentChange, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Author
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import EverpostError, Forbidden, NotFound
from everpost.services.comments import read_comment
from everpost.services.security_events import COMMENT_DECIDED, record
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about a comment in one of these revisions."""

    id: Id
    status: CommentStatus
    match: ExpectedRevisions


async def page_queue(
    store: Store, actor: Actor, status: CommentStatus, *, limit: int, after: Position | None
) -> Page[Comment]:
    """A page of the comments with this status, on posts whose comments the actor may moderate, newest first.
    Raises Unauthenticated, Forbidden.
    """
    user = actor.require(Scope.COMMENTS_MODERATE)
    post_author_id = None if actor.edits_all else user.id
    return await store.comments.queue(
        QueueQuery(status=status, limit=limit, after=after, post_author_id=post_author_id)
    )


async def editors_of(store: Store, comments: Sequence[Comment]) -> Mapping[Id, Author]:
    """The users who edited these comments of others, with their current names."""
    editors: dict[Id, Author] = {}
    for editor_id in {comment.editor_id for comment in comments if comment.editor_id is not None}:
        with suppress(NotFound):  # removed
            editors[editor_id] = (await store.users.get(editor_id)).author
    return editors


async def moderate_comments(
    store: Store, actor: Actor, decisions: Sequence[Decision]
) -> Sequence[Comment | EverpostError]:
    """Apply the decisions. Returns, in the given order, each changed comment, or the error if it could not be
    changed. Raises Unauthenticated, Forbidden.
    """
    actor.require(Scope.COMMENTS_MODERATE)
    return [await _moderate(store, actor, decision) for decision in decisions]


async def _moderate(store: Store, actor: Actor, decision: Decision) -> Comment | EverpostError:
    try:
        found = await store.comments.find(decision.id)
        if found is None:
            return NotFound("comment", decision.id)
        seen = await read_comment(store, actor, found.post_id, found.id)
        if not seen.is_moderated:
            return Forbidden("Only moderators of the post may change the status of its comments.")
        change = CommentChange(updated_at=now(), status=decision.status)
        comment = await store.comments.save(found.post_id, found.id, change, match=decision.match)
    except EverpostError as error:
        return error
    record(COMMENT_DECIDED, comment=found.id, status=decision.status.value, by=actor.id)
    return comment
