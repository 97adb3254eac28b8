"""What one does with posts."""

from dataclasses import dataclass, replace
from datetime import datetime

from everpost.domain.clock import now
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import COMMENTS_INSIDE, Post, PostChange, checked_slug, checked_tags
from everpost.domain.revisions import Match
from everpost.errors import Conflict, NotFound, Stale
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """A post to be published. None: the author left it out."""

    title: str
    content: str
    id: Id | None = None
    publication_date: datetime | None = None
    slug: str | None = None
    tags: tuple[str, ...] | None = None


async def publish(store: Store, draft: PostDraft) -> tuple[Post, bool]:
    """The post as it is stored, and whether it was stored only now.

    Who sends an id can ask again when the answer got lost: a draft that says what is stored under
    its id is answered with that. Conflict, Invalid.
    """
    moment = now()
    post = Post(
        id=draft.id or new_id(),
        title=draft.title,
        content=draft.content,
        publication_date=draft.publication_date or moment,
        updated_at=moment,
        slug=None if draft.slug is None else checked_slug(draft.slug),
        tags=checked_tags(draft.tags or ()),
    )
    try:
        await store.posts.add(post)
    except Conflict as conflict:
        if draft.id is None or conflict.field != "id":
            raise
        stored = await _stored(store, post.id)
        if stored is None or not _repeats(draft, post, stored):
            raise
        return stored, False
    return post, True


async def _stored(store: Store, id: Id) -> Post | None:
    try:
        return await store.posts.get(id, comments=COMMENTS_INSIDE)
    except NotFound:  # removed since it was in the way
        return None


def _repeats(draft: PostDraft, post: Post, stored: Post) -> bool:
    return (
        (post.title, post.content) == (stored.title, stored.content)
        and (draft.publication_date is None or post.publication_date == stored.publication_date)
        and (draft.slug is None or post.slug == stored.slug)
        and (draft.tags is None or post.tags == stored.tags)
    )


async def revise(store: Store, id: Id, change: PostChange, *, match: Match) -> Post:
    """The post, changed as asked; as it was where the change names nothing.

    NotFound, Stale, Conflict, Invalid.
    """
    if change == PostChange(updated_at=change.updated_at):
        post = await store.posts.get(id, comments=COMMENTS_INSIDE)
        if match is not None and post.revision not in match:
            raise Stale("post", id)
        return post
    checked = replace(
        change,
        slug=checked_slug(change.slug) if change.slug else change.slug,
        tags=None if change.tags is None else checked_tags(change.tags),
    )
    return await store.posts.save(id, checked, match=match, comments=COMMENTS_INSIDE)
