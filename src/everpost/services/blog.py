"""Read and change the settings of the blog."""

from everpost.domain.blog import Blog, BlogChange
from everpost.domain.clock import now
from everpost.domain.comments import CommentPolicy
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Stale
from everpost.services.security_events import SETTINGS_CHANGED, record
from everpost.stores.port import Store


async def read_blog(store: Store, actor: Actor) -> Blog:
    """Return the settings. Raises Unauthenticated, Forbidden."""
    actor.require(Scope.ADMIN)
    return await store.blog.get()


async def change_blog(
    store: Store, actor: Actor, comment_policy: CommentPolicy | None, *, match: ExpectedRevisions
) -> Blog:
    """Change the settings, if a value is given, and return them. Raises Unauthenticated, Forbidden, Stale."""
    blog = await read_blog(store, actor)
    if comment_policy is not None:
        change = BlogChange(updated_at=now(), comment_policy=comment_policy)
        blog = await store.blog.save(change, match=match)
        record(SETTINGS_CHANGED, changed=[f"comment_policy:{comment_policy}"], by=actor.id)
        return blog
    if match is not None and blog.revision not in match:
        raise Stale("blog", "settings")
    return blog


async def public_settings(store: Store) -> Blog:
    """Return the settings, which every page shows to everyone. Only its `address_key` is secret."""
    return await store.blog.get()
