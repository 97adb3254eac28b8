"""The actor's own working copies. Nobody reads or changes those of other users, not even an admin."""

from contextlib import suppress
from dataclasses import dataclass, replace

from everpost.domain.clock import HORIZON, now
from everpost.domain.ids import Id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import User
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.writing.working_copies import (
    FoundWorkingCopy,
    PostBase,
    PostState,
    PostText,
    WorkingCopyChange,
    WorkingCopyQuery,
    WorkingCopyState,
)
from everpost.errors import Forbidden, NotFound, Stale, Unauthenticated
from everpost.services.posts import read_post
from everpost.stores.port import Store


async def page_working_copies(
    store: Store, actor: Actor, *, limit: int, after: Position | None = None
) -> Page[WorkingCopyState]:
    """A page of the actor's working copies, latest first. Raises Unauthenticated, Forbidden."""
    user = actor.require(Scope.POSTS_WRITE)
    page = await store.working_copies.page(WorkingCopyQuery(user_id=user.id, limit=limit, after=after))
    rows = (replace(row, post=_visible(actor, row.post)) for row in page.rows)
    return Page(tuple(rows), has_more=page.has_more)


async def read_working_copy(store: Store, actor: Actor, post_id: Id) -> FoundWorkingCopy:
    """The actor's working copy of the post, even if the actor may no longer change the post. Raises
    Unauthenticated, Forbidden, NotFound.
    """
    user = actor.require(Scope.POSTS_WRITE)
    found = await store.working_copies.get(user.id, post_id)
    return replace(found, post=_visible(actor, found.post))


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Text that the actor has typed into a post."""

    post_id: Id
    text: PostText
    base: PostBase | None = None
    keeps_base: bool = False

    def by(self, user: User) -> WorkingCopyChange:
        """The change of this user's working copy."""
        return WorkingCopyChange(
            user_id=user.id,
            post_id=self.post_id,
            text=self.text,
            base=self.base,
            keeps_base=self.keeps_base,
            updated_at=now(),
        )


async def add_working_copy(store: Store, actor: Actor, typed: Typed) -> tuple[WorkingCopyState, bool]:
    """Add a working copy of a post that the actor may change, or of a new post. Returns its state, and
    whether it is new.

    Idempotent: if the actor has an equal one, its state is returned. Raises Unauthenticated, NotFound (the
    post exists, but the actor may not see it), Forbidden, Stale.
    """
    change = typed.by(actor.require(Scope.POSTS_WRITE))
    try:
        return await store.working_copies.add(change, own_post_only=not actor.edits_all), True
    except Forbidden:
        raise await _refusal(store, actor, typed.post_id) from None
    except Stale as stale:
        return await _made(store, actor, change, stale), False
    except NotFound:  # the user was removed after the request began
        raise Unauthenticated from None


async def save_working_copy(
    store: Store, actor: Actor, typed: Typed, *, match: ExpectedRevisions
) -> WorkingCopyState:
    """Overwrite a working copy of a post that the actor may change, or of a new post.

    Idempotent: if it already has the new content, its state is returned. Raises Unauthenticated, NotFound,
    Forbidden, Stale.
    """
    change = typed.by(actor.require(Scope.POSTS_WRITE))
    try:
        return await store.working_copies.save(change, match=match, own_post_only=not actor.edits_all)
    except Forbidden:
        raise await _refusal(store, actor, typed.post_id) from None
    except Stale as stale:
        return await _made(store, actor, change, stale)


async def discard_working_copy(store: Store, actor: Actor, post_id: Id, *, match: ExpectedRevisions) -> None:
    """Remove the actor's working copy of the post. Raises Unauthenticated, Forbidden, NotFound, Stale."""
    user = actor.require(Scope.POSTS_WRITE)
    await store.working_copies.remove(user.id, post_id, match=match)


def _visible(actor: Actor, post: PostState | None) -> PostState | None:
    """The state of the post, if the actor may see it."""
    return post if post is not None and actor.sees(post, HORIZON.moment()) else None


async def _made(store: Store, actor: Actor, change: WorkingCopyChange, stale: Stale) -> WorkingCopyState:
    """The state of the working copy if the change was made before, as by a request whose response was lost.
    Raises Stale.
    """
    with suppress(NotFound):
        found = await read_working_copy(store, actor, change.post_id)
        if change.is_already_made(found.copy):
            return found.state
    raise stale


async def _refusal(store: Store, actor: Actor, post_id: Id) -> Forbidden:
    """The error for a post of another author. Raises NotFound if the actor may not even see it."""
    await read_post(store, actor, post_id, comments=0)
    return Forbidden("This post belongs to another author.")
