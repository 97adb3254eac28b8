"""Listing, changing and removing uploaded files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaChange, MediaFile, MediaQuery, MediaUse
from everpost.domain.paging import Page
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import InUse
from everpost.media.names import safe_name
from everpost.stores.port import Store

MAX_USES = 100
"""Uses of a file that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaEdit:
    """The new values of a file's fields; None leaves a field unchanged."""

    name: str | None = None
    alt: str | None = None
    focus: tuple[int, int] | None = None
    removes_focus: bool = False


async def page_files(
    store: Store, actor: Actor, query: MediaQuery
) -> Page[tuple[MediaFile, datetime | None]]:
    """A page of files, newest first, each with the time since which no post has used it. Raises
    Unauthenticated, Forbidden.
    """
    actor.require(Scope.MEDIA_WRITE)
    return await store.media.page(query)


async def read_file(store: Store, actor: Actor, file_id: Id) -> MediaFile:
    """A file. Raises Unauthenticated, Forbidden, NotFound."""
    actor.require(Scope.MEDIA_WRITE)
    return await store.media.get(file_id)


async def find_uses(store: Store, actor: Actor, file_id: Id) -> Sequence[MediaUse]:
    """The posts that use the file and that the actor may see, at most `MAX_USES`. Raises Unauthenticated,
    Forbidden, NotFound.
    """
    actor.require(Scope.MEDIA_WRITE)
    await store.media.get(file_id)
    return await _visible_uses(store, actor, file_id)


async def change_file(
    store: Store, actor: Actor, file_id: Id, edit: MediaEdit, *, match: ExpectedRevisions
) -> MediaFile:
    """Change a file: its uploader, editors and admins may. Raises Unauthenticated, Forbidden, NotFound,
    Stale.
    """
    actor.require(Scope.MEDIA_WRITE)
    name = None
    if edit.name is not None:
        name = safe_name(edit.name, (await store.media.get(file_id)).type)
    change = MediaChange(
        updated_at=now(), name=name, alt=edit.alt, focus=edit.focus, removes_focus=edit.removes_focus
    )
    return await store.media.save(file_id, change, match=match, owner_id=_owner_id(actor))


async def remove_file(store: Store, actor: Actor, file_id: Id, *, match: ExpectedRevisions) -> None:
    """Remove a file that no post uses: its uploader, editors and admins may. Its bytes are removed later.
    Raises Unauthenticated, Forbidden, NotFound, Stale, InUse, which names the posts that the actor may see.
    """
    actor.require(Scope.MEDIA_WRITE)
    try:
        await store.media.remove(file_id, match=match, owner_id=_owner_id(actor))
    except InUse:
        uses = await _visible_uses(store, actor, file_id)
        raise InUse([(use.title, use.post_id) for use in uses]) from None


def _owner_id(actor: Actor) -> Id | None:
    """The user who must have uploaded a file that the actor changes; None: anyone."""
    return None if actor.edits_all else actor.id


async def _visible_uses(store: Store, actor: Actor, file_id: Id) -> Sequence[MediaUse]:
    uses = await store.media.uses(file_id, limit=MAX_USES)
    posts = await store.posts.read([use.post_id for use in uses], comments=0)
    moment = now()
    return [use for use in uses if use.post_id in posts and actor.sees(posts[use.post_id], moment)]
