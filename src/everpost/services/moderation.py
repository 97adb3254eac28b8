"""Moderation of the comments of all posts."""

import asyncio
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
from everpost.domain.posts import Post
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import EverpostError, Forbidden, NotFound
from everpost.services.comments import moderates, read_comment
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
    editors: dict[Id, Author] = {}
    for editor_id in {comment.editor_id for comment in comments if comment.editor_id is not None}:
        with suppress(NotFound):  # removed
            editors[editor_id] = (await store.users.get(editor_id)).author
    return editors


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
