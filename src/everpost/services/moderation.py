"""Moderation of the comments of all posts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everpost.domain.clock import now
from everpost.domain.comment_preconditions import CommentContext
from everpost.domain.comments import Comment, CommentChange, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Author, User
from everpost.domain.posts import Post
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Busy, EverpostError, Forbidden, NotFound, Unreachable
from everpost.services.comments import moderates, read_context, seen_by
from everpost.services.security_events import COMMENT_DECIDED, record
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision about a comment in one of these revisions."""

    id: Id
    status: CommentStatus
    match: ExpectedRevisions


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratedComment:
    """A comment with the context of a decision about it. `parent`: the comment that it replies to."""

    comment: Comment
    post: Post
    parent: Comment | None


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


async def with_contexts(
    store: Store, actor: Actor, comments: Sequence[Comment]
) -> Sequence[ModeratedComment]:
    """The comments with their contexts, without those that the actor may not moderate any more, or whose
    posts were removed meanwhile.
    """
    post_ids = list(dict.fromkeys(comment.post_id for comment in comments))
    parent_ids = list(dict.fromkeys(each.parent_id for each in comments if each.parent_id is not None))
    found_posts, found_parents = await asyncio.gather(
        asyncio.gather(*(_find_post(store, each) for each in post_ids)),
        asyncio.gather(*map(store.comments.find, parent_ids)),
    )
    posts = {post.id: post for post in found_posts if post is not None and moderates(actor, post)}
    parents = {parent.id: parent for parent in found_parents if parent is not None}
    return [
        ModeratedComment(
            comment=each,
            post=posts[each.post_id],
            parent=None if each.parent_id is None else parents.get(each.parent_id),
        )
        for each in comments
        if each.post_id in posts
    ]


async def find_moderated(store: Store, actor: Actor, ids: Sequence[Id]) -> Sequence[ModeratedComment]:
    """The comments with these ids that still exist, as they are now, and that the actor may moderate."""
    found = await asyncio.gather(*map(store.comments.find, ids))
    return await with_contexts(store, actor, [each for each in found if each is not None])


async def editors_of(store: Store, comments: Sequence[Comment]) -> Mapping[Id, Author]:
    """The users who edited these comments of others, with their current names."""
    ids = {comment.editor_id for comment in comments if comment.editor_id is not None}
    found = await asyncio.gather(*(_find_user(store, each) for each in ids))
    return {user.id: user.author for user in found if user is not None}


async def _find_user(store: Store, id: Id) -> User | None:
    try:
        return await store.users.get(id)
    except NotFound:  # removed
        return None


async def _find_post(store: Store, id: Id) -> Post | None:
    try:
        return await store.posts.get(id, comments=0)
    except NotFound:
        return None


async def moderate_comments(
    store: Store, actor: Actor, decisions: Sequence[Decision]
) -> Sequence[Comment | EverpostError]:
    """Apply the decisions. Returns, in the given order, each changed comment, or the error if it could not be
    changed. Raises Unauthenticated, Forbidden.
    """
    actor.require(Scope.COMMENTS_MODERATE)
    contexts: dict[Id, CommentContext | EverpostError] = {}
    try:  # all at once: the queries are batched
        found = await asyncio.gather(*(store.comments.find(decision.id) for decision in decisions))
        post_ids = list({comment.post_id for comment in found if comment is not None})
        reads = asyncio.gather(*(_context(store, actor, each) for each in post_ids))
        contexts.update(zip(post_ids, await reads, strict=True))
    except EverpostError as error:
        return [error] * len(decisions)
    outcomes: list[Comment | EverpostError] = []
    for decision, comment in zip(decisions, found, strict=True):
        if outcomes and isinstance(outcomes[-1], Busy | Unreachable):
            outcomes.append(outcomes[-1])  # the database is away: do not wait for it again
        elif comment is None:
            outcomes.append(NotFound("comment", decision.id))
        else:
            context = contexts[comment.post_id]
            outcomes.append(await _moderate(store, actor, decision, comment, context))
    return outcomes


async def _context(store: Store, actor: Actor, post_id: Id) -> CommentContext | EverpostError:
    try:
        return await read_context(store, actor, post_id)
    except EverpostError as error:
        return error


async def _moderate(
    store: Store, actor: Actor, decision: Decision, found: Comment, context: CommentContext | EverpostError
) -> Comment | EverpostError:
    """Apply the decision, if the actor moderates the post."""
    if isinstance(context, EverpostError):
        return context
    try:
        if not seen_by(actor, context, found).is_moderated:
            return Forbidden("Only moderators of the post may change the status of its comments.")
        change = CommentChange(updated_at=now(), status=decision.status)
        comment = await store.comments.save(found.post_id, found.id, change, match=decision.match)
    except EverpostError as error:
        return error
    record(COMMENT_DECIDED, comment=found.id, status=decision.status.value, by=actor.id)
    return comment
