"""The revisions of posts: their current states, and those that they had before."""

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.people.actors import Actor
from everpost.domain.posts import Post, PostChange
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.writing.history import PostRevision
from everpost.errors import NotFound
from everpost.services.posts import refusal, require_writer, sees, update_post
from everpost.stores.port import Store


async def list_revisions(
    store: Store, actor: Actor, post_id: Id, *, limit: int, before: int | None = None
) -> Page[PostRevision]:
    """A page of the revisions of a post, latest first, with empty content; the current one is the first of
    all. Raises Unauthenticated, NotFound, Forbidden.
    """
    await _require_owner(store, actor, post_id)
    if before is not None:
        return await store.revisions.page(post_id, limit=limit, before=before)
    current = await store.revisions.current(post_id)
    past = await store.revisions.page(post_id, limit=limit, before=current.number)
    return Page.of([current, *past.rows], limit)


async def read_revision(store: Store, actor: Actor, post_id: Id, number: int) -> PostRevision:
    """One revision of a post. Raises Unauthenticated, NotFound, Forbidden."""
    await _require_owner(store, actor, post_id)
    return await _get(store, post_id, number)


async def read_current_revision(store: Store, actor: Actor, post_id: Id) -> PostRevision:
    """The current state of a post as a revision. Raises Unauthenticated, NotFound, Forbidden."""
    await _require_owner(store, actor, post_id)
    return await store.revisions.current(post_id)


async def restore_revision(
    store: Store, actor: Actor, post_id: Id, number: int, *, match: ExpectedRevisions
) -> Post:
    """Give the post the text of a revision again, and return it: its title, content, format, summary, tags
    and cover, not its author. The state that this replaces is always kept. If the revision is the current
    one, the post does not change. Raises Unauthenticated, NotFound, Forbidden, Stale.
    """
    await _require_owner(store, actor, post_id)
    revision, moment = await _get(store, post_id, number), now()
    current = await store.revisions.current(post_id)
    change = PostChange(
        updated_at=moment,
        title=revision.title,
        content=revision.content,
        format=revision.format,
        summary=revision.summary or "",
        tags=revision.tags,
        cover=revision.cover or "",
        begins_revision=True,
    )
    if number == current.number:
        change = PostChange(updated_at=moment)
    return await update_post(store, actor, post_id, change, match=match)


async def _get(store: Store, post_id: Id, number: int) -> PostRevision:
    """The revision. A past one is looked up first: it stays, and the current one can become it meanwhile."""
    try:
        return await store.revisions.get(post_id, number)
    except NotFound:
        current = await store.revisions.current(post_id)
        if current.number == number:
            return current
        raise


async def _require_owner(store: Store, actor: Actor, post_id: Id) -> None:
    """Raise Unauthenticated, NotFound or Forbidden unless the actor may change the post."""
    await require_writer(store, actor, post_id)
    post = await store.posts.get(post_id, comments=0)
    if not sees(actor, post):
        raise NotFound("post", post_id)
    if not actor.owns(post):
        raise await refusal(store, actor, post_id)
