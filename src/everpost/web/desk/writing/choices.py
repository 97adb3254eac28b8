"""The authors and the tags that the editor offers."""

from collections.abc import Sequence

from everpost.domain.ids import Id
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.posts import Post
from everpost.services import posts
from everpost.services.accounts.users import page_authors
from everpost.stores.port import Store
from everpost.web.desk.desk import Desk

_MOST_TAGS = 500
_MOST_AUTHORS = 1_000
"""The number of users to choose from. A hundred of them are one query; the API can name any other."""


async def find_authors(store: Store, desk: Desk, post: Post | None = None) -> Sequence[tuple[Id, str]]:
    """The ids and names of the users who can become the author of the post, in the order of their names.
    Empty for authors, who may not choose.
    """
    if not desk.actor.edits_all:
        return ()
    found = {desk.user.id: desk.user.name}
    if post is not None and post.author is not None:
        found[post.author.id] = post.author.name
    after = None
    for _ in range(_MOST_AUTHORS // MAX_LIMIT):
        page = await page_authors(store, desk.actor, limit=MAX_LIMIT, after=after)
        found |= {user.id: user.name for user in page.rows if user.disabled_at is None}
        if not page.has_more:
            break
        after = page.rows[-1].position
    return sorted(found.items(), key=lambda author: author[1].casefold())


async def find_tags(store: Store) -> Sequence[str]:
    """The tags of published posts, at most 500."""
    found: list[str] = []
    after = None
    while len(found) < _MOST_TAGS:
        page = await posts.list_tags(store, limit=MAX_LIMIT, after=after)
        found += [count.tag for count in page.rows]
        if not page.has_more:
            break
        after = found[-1]
    return found
