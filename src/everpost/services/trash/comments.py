"""Listing and restoring deleted comments."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Author
from everpost.domain.trash.removed_comments import RemovedComment, RemovedCommentQuery
from everpost.errors import Forbidden, NotFound
from everpost.services.comments import moderates, read_context
from everpost.services.security_events import COMMENT_RESTORED, record
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True)
class RemovedComments:
    """A page of deleted comments, with the users who wrote and deleted them and still exist."""

    page: Page[RemovedComment]
    users: Mapping[Id, Author]


async def page_removed(
    store: Store, actor: Actor, *, limit: int, after: Position | None = None
) -> RemovedComments:
    """A page of the deleted comments that the actor may restore, latest deletion first. Raises
    Unauthenticated, Forbidden.
    """
    user = actor.require(Scope.COMMENTS_MODERATE)
    post_author_id = None if actor.edits_all else user.id
    query = RemovedCommentQuery(limit=limit, after=after, post_author_id=post_author_id)
    page = await store.trash.page_comments(query)
    return RemovedComments(page, await _users_of(store, page.rows))


async def restore_comment(store: Store, actor: Actor, post_id: Id, id: Id) -> Comment:
    """Restore a deleted comment of a post whose comments the actor may moderate. Raises NotFound,
    Unauthenticated, Forbidden, InTrash, Conflict, ParentRemoved.
    """
    context = await read_context(store, actor, post_id)
    actor.require(Scope.COMMENTS_MODERATE)
    if not moderates(actor, context.post):
        raise Forbidden("Only moderators of the post may restore its comments.")
    comment = await store.trash.restore_comment(post_id, id)
    record(COMMENT_RESTORED, comment=id, by=actor.id)
    return comment


async def _users_of(store: Store, comments: Sequence[RemovedComment]) -> Mapping[Id, Author]:
    ids = {user_id for each in comments for user_id in (each.author_id, each.removed_by_id)} - {None}
    found = await asyncio.gather(*(_find(store, each) for each in ids if each is not None))
    return {author.id: author for author in found if author is not None}


async def _find(store: Store, id: Id) -> Author | None:
    try:
        return (await store.users.get(id)).author
    except NotFound:  # removed
        return None
