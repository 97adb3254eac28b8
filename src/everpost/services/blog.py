"""Read and change the settings of the blog."""

from dataclasses import replace

from everpost.domain.blog import (
    Blog,
    BlogChange,
    checked_base_url,
    checked_language,
    checked_navigation,
    checked_time_zone,
)
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.permalinks import checked_permalink
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Stale
from everpost.services.security_events import SETTINGS_CHANGED, record
from everpost.stores.port import Store


async def read_settings(store: Store) -> Blog:
    """Return the settings. Concurrent calls share a query."""
    return await store.blog.get()


def sees_policy(actor: Actor) -> bool:
    """Whether the actor may see the comment policy of the blog; the other settings are public."""
    return Scope.ADMIN in actor.scopes


async def change_blog(store: Store, actor: Actor, change: BlogChange, *, match: ExpectedRevisions) -> Blog:
    """Change the settings, if any value is new, and return them. Raises Unauthenticated,
    Forbidden, Invalid, Stale.
    """
    actor.require(Scope.ADMIN)
    checked = _checked(change)
    values = checked.values()
    if values:
        blog = await store.blog.save(checked, match=match)
        record(SETTINGS_CHANGED, changed=[_shown(name, value) for name, value in values.items()], by=actor.id)
        return blog
    blog = await store.blog.get()
    if match is not None and blog.revision not in match:
        raise Stale("blog", "settings")
    return blog


def _checked(change: BlogChange) -> BlogChange:
    """The change with its values in their stored form. Raises Invalid."""
    return replace(
        change,
        language=None if change.language is None else checked_language(change.language),
        time_zone=None if change.time_zone is None else checked_time_zone(change.time_zone),
        base_url=checked_base_url(change.base_url) if change.base_url else change.base_url,
        permalink=None if change.permalink is None else checked_permalink(change.permalink),
        navigation=None if change.navigation is None else checked_navigation(change.navigation),
    )


def _shown(name: str, value: object) -> str:
    """A changed setting as it appears in security events. Only the comment policy has its value."""
    return f"{name}:{value}" if name == "comment_policy" else name
