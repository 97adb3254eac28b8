"""Deleting posts, and restoring them from the trash."""

from dataclasses import dataclass

from everpost.domain.clock import HORIZON, now
from everpost.domain.ids import Id
from everpost.domain.people.actors import Actor
from everpost.domain.posts import COMMENTS_INSIDE, Post
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Forbidden
from everpost.services.posts import owner_id, refusal, require_writer
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """The post to delete."""

    id: Id
    match: ExpectedRevisions
    is_permanent: bool
    """Whether it is removed for good, from the trash or from outside."""
    discarded_copy: SavedCopy | None = None
    """The working copy of the actor that goes with it, unless that has changed since. Other working copies
    stay: they have unsaved text.
    """


async def delete_post(store: Store, actor: Actor, wanted: Deletion) -> None:
    """Move the post to the trash, or remove it and its comments for good. Raises Unauthenticated, NotFound
    (also if it is in the trash already and the deletion is not permanent), Forbidden, Stale.
    """
    await require_writer(store, actor, wanted.id)
    this, match, owner, copy = wanted.id, wanted.match, owner_id(actor), wanted.discarded_copy
    moment = now()
    try:
        if wanted.is_permanent:
            await store.posts.remove(this, match=match, owner_id=owner, discarded_copy=copy)
            return
        await store.trash.move_post(this, moment=moment, match=match, owner_id=owner, discarded_copy=copy)
    except Forbidden:
        raise await refusal(store, actor, this) from None
    HORIZON.observe(moment)


async def restore_post(store: Store, actor: Actor, id: Id, *, match: ExpectedRevisions) -> Post:
    """Give the post in the trash its former status back, and return it. Raises Unauthenticated, NotFound,
    Forbidden, NotInTrash, Stale.
    """
    await require_writer(store, actor, id)
    moment = now()
    try:
        post = await store.trash.restore_post(
            id, moment=moment, match=match, comments=COMMENTS_INSIDE, owner_id=owner_id(actor)
        )
    except Forbidden:
        raise await refusal(store, actor, id) from None
    HORIZON.observe(moment)
    return post
