"""Editing and removing comments, by their writers for a limited time, and by moderators."""

from dataclasses import dataclass, replace
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.comment_preconditions import EditCredential
from everpost.domain.comments import CommentChange, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.trash.removed_comments import Removal
from everpost.errors import Busy, Forbidden, PreconditionRequired, Stale, Unauthenticated
from everpost.services.comments import (
    ATTEMPTS,
    Guest,
    Seen,
    credential_of,
    preconditions_of,
    read_comment,
    require_guest_limits,
    require_permission,
)
from everpost.services.security_events import COMMENT_DECIDED, COMMENT_EDITED, COMMENT_REMOVED, record
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEdit:
    """The new content and status of a comment; None leaves a field unchanged."""

    post_id: Id
    id: Id
    content: str | None = None
    status: CommentStatus | None = None
    key: str | None = None
    """The edit key of the guest who wrote it."""
    editable_for: timedelta
    """The time during which its writer may edit it."""
    match: ExpectedRevisions
    is_kept: bool = False
    """Whether a comment that a moderator deletes can be restored."""
    is_conditional: bool = False
    """Whether the client sent a precondition, even if it accepts any state."""


async def edit_comment(store: Store, actor: Actor, wanted: CommentEdit, guest: Guest) -> Seen:
    """Change the comment and return it. Raises NotFound, Unauthenticated, Forbidden, Stale,
    PreconditionRequired (a status without a precondition), Invalid and TooMany (as for a new comment of a
    guest).
    """
    for attempt in range(ATTEMPTS):
        seen = await read_comment(store, actor, wanted.post_id, wanted.id, key=wanted.key)
        credential = _required_credential(actor, seen, wanted)
        if wanted.status is not None and not wanted.is_conditional:
            raise PreconditionRequired("Changing `status` requires `If-Match` with the comment's ETag.")
        if wanted.content is None and wanted.status is None:
            if wanted.match is not None and seen.comment.revision not in wanted.match:
                raise Stale("comment", wanted.id)
            return seen
        if credential is not None:
            require_permission(actor, seen.context.policy)
            credential = replace(credential, preconditions=preconditions_of(actor, seen.context))
            if actor.user is None and wanted.content is not None and attempt == 0:
                await require_guest_limits(store, seen.context, wanted.content, guest)
        try:
            saved = await _save(store, actor, wanted, seen, credential)
        except Stale as stale:
            if stale.noun == "comment" and wanted.match is not None:
                raise
            continue
        _record(actor, wanted)
        return saved
    raise Busy


async def _save(
    store: Store, actor: Actor, wanted: CommentEdit, seen: Seen, credential: EditCredential | None
) -> Seen:
    """Write the comment, under the conditions that were read. Raises Stale if they have changed."""
    comment, match = seen.comment, wanted.match
    change = CommentChange(
        updated_at=now(),
        content=wanted.content,
        status=wanted.status,
        editor_id=None if wanted.content is None or actor.wrote(comment) else actor.id,
    )
    if actor.user is None:  # a concurrent moderator decides about the text that was read, not about this one
        seen_state = frozenset({comment.revision})
        match = seen_state if match is None else match & seen_state
        if comment.status is CommentStatus.APPROVED and not _is_shown_at_once(credential):
            change = replace(change, status=CommentStatus.PENDING)
    saved = await store.comments.save(wanted.post_id, wanted.id, change, match=match, credential=credential)
    return replace(seen, comment=saved)


def _is_shown_at_once(credential: EditCredential | None) -> bool:
    """Whether comments of guests need no approval."""
    preconditions = None if credential is None else credential.preconditions
    return preconditions is not None and preconditions.policies == {CommentPolicy.OPEN}


def _required_credential(actor: Actor, seen: Seen, wanted: CommentEdit) -> EditCredential | None:
    """The credential that the change requires; None for moderators. Raises Unauthenticated, Forbidden."""
    if seen.is_moderated:
        return None
    if actor.user is not None:
        is_decision = wanted.status is not None
        actor.require(Scope.COMMENTS_MODERATE if is_decision else Scope.COMMENTS_WRITE)
    elif wanted.key is None or wanted.status is not None:
        raise Unauthenticated
    if wanted.status is not None:
        raise Forbidden("Only moderators of the post may change the status of its comments.")
    credential = credential_of(actor, wanted.key, now() - wanted.editable_for)
    if not credential.wrote(seen.comment):
        raise Forbidden("This comment was written by someone else.")
    if seen.comment.publication_date < credential.since:
        raise Forbidden("The time to edit or delete this comment has passed.")
    if seen.shown.status in (CommentStatus.SPAM, CommentStatus.REMOVED):
        raise Forbidden("This comment has been moderated and can no longer be edited.")
    return credential


async def delete_comment(store: Store, actor: Actor, wanted: CommentEdit) -> None:
    """Remove the comment; if it has replies, a tombstone stays. A comment that its own writer removes is not
    kept. Raises as `edit_comment` does.
    """
    seen = await read_comment(store, actor, wanted.post_id, wanted.id, key=wanted.key)
    credential = _required_credential(actor, seen, wanted)
    removal = Removal(now(), actor.id) if wanted.is_kept and not seen.is_own else None
    await store.comments.remove(
        wanted.post_id, wanted.id, match=wanted.match, credential=credential, removal=removal
    )
    record(COMMENT_REMOVED, comment=wanted.id, by=actor.id)


def _record(actor: Actor, wanted: CommentEdit) -> None:
    if wanted.status is not None:
        record(COMMENT_DECIDED, comment=wanted.id, status=wanted.status.value, by=actor.id)
    if wanted.content is not None and actor.user is not None:
        record(COMMENT_EDITED, comment=wanted.id, by=actor.id)
