"""Changing comments: by who wrote them, for a while, and by who decides about them."""

from dataclasses import dataclass, replace
from datetime import timedelta

from everpost.domain.actors import Actor
from everpost.domain.clock import now
from everpost.domain.comments import CommentChange, CommentPolicy, CommentStatus, Hand
from everpost.domain.ids import Id
from everpost.domain.revisions import Match
from everpost.domain.tokens import Scope
from everpost.errors import Busy, Forbidden, Stale, Unauthenticated
from everpost.services.comments import Seen, hand_of, policy_of, read_comment
from everpost.services.security_events import COMMENT_DECIDED, COMMENT_EDITED, COMMENT_REMOVED, record
from everpost.stores.port import Store

_ATTEMPTS = 20
"""How often others may be faster before the database is `Busy`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """What a comment is to say, and what is decided about it. None: as it is."""

    post_id: Id
    id: Id
    content: str | None = None
    status: CommentStatus | None = None
    key: str | None = None
    """That of the guest who wrote it."""
    editable_for: timedelta
    """How long who wrote it may edit it."""
    match: Match


async def reword(store: Store, actor: Actor, wanted: Rewording) -> Seen:
    """The comment, as it is then. NotFound, Unauthenticated, Forbidden, Stale."""
    post_id, comment_id, match = wanted.post_id, wanted.id, wanted.match
    for _ in range(_ATTEMPTS):
        seen = await read_comment(store, actor, post_id, comment_id, key=wanted.key)
        hand = _required_hand(actor, seen, wanted)
        if wanted.content is None and wanted.status is None:
            if match is not None and seen.comment.revision not in match:
                raise Stale("comment", comment_id)
            return seen
        change = CommentChange(updated_at=now(), content=wanted.content, status=wanted.status)
        states = match
        if await _waits_again(store, actor, seen):
            change = replace(change, status=CommentStatus.PENDING)
            states = frozenset({seen.comment.revision}) if match is None else match & {seen.comment.revision}
        try:
            saved = await store.comments.save(post_id, comment_id, change, match=states, hand=hand)
        except Stale:
            if match is not None or states is None:
                raise
            continue
        _record(actor, wanted)
        return replace(seen, comment=saved)
    raise Busy


def _required_hand(actor: Actor, seen: Seen, wanted: Rewording) -> Hand | None:
    """In whose hand the comment must be; None: in anybody's. Unauthenticated, Forbidden."""
    if seen.is_moderated:
        return None
    if actor.user is not None:
        is_decision = wanted.status is not None
        actor.require(Scope.COMMENTS_MODERATE if is_decision else Scope.COMMENTS_WRITE)
    elif wanted.key is None or wanted.status is not None:
        raise Unauthenticated
    if wanted.status is not None:
        raise Forbidden("Only who moderates this post decides about its comments.")
    hand = hand_of(actor, wanted.key, now() - wanted.editable_for)
    if not hand.wrote(seen.comment):
        raise Forbidden("This comment is somebody else's.")
    if seen.comment.publication_date < hand.since:
        raise Forbidden("This comment is too old to be changed by who wrote it.")
    if seen.comment.status in (CommentStatus.SPAM, CommentStatus.REMOVED):
        raise Forbidden("It was decided about this comment: it cannot be changed any more.")
    return hand


async def _waits_again(store: Store, actor: Actor, seen: Seen) -> bool:
    """Whether the comment needs another approval: a guest's, on a moderated post, that had it."""
    return (
        actor.user is None
        and seen.comment.status is CommentStatus.APPROVED
        and await policy_of(store, seen.post) is CommentPolicy.MODERATED
    )


async def retract(store: Store, actor: Actor, wanted: Rewording) -> None:
    """Erase the comment; where others answer it a tombstone stays. As for `reword`."""
    seen = await read_comment(store, actor, wanted.post_id, wanted.id, key=wanted.key)
    hand = _required_hand(actor, seen, wanted)
    await store.comments.remove(wanted.post_id, wanted.id, match=wanted.match, hand=hand)
    record(COMMENT_REMOVED, comment=wanted.id, by=actor.id)


def _record(actor: Actor, wanted: Rewording) -> None:
    if wanted.status is not None:
        record(COMMENT_DECIDED, comment=wanted.id, status=wanted.status.value, by=actor.id)
    if wanted.content is not None and actor.user is not None:
        record(COMMENT_EDITED, comment=wanted.id, by=actor.id)
