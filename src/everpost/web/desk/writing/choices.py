"""The authors and the tags that the editor offers."""

from collections.abc import Sequence

from everpost.domain.clock import HORIZON
from everpost.domain.ids import Id
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.people.users import Role
from everpost.domain.posts import Post, PostFilter, PostQuery, PostSort, PostStatus
from everpost.services import posts
from everpost.services.accounts.users import page_users
from everpost.stores.port import Store
from everpost.web.desk.desk import Desk

_MOST_TAGS = 500
_POSTS = 30
"""The number of posts, published ones and drafts, whose authors editors can choose."""


async def find_authors(store: Store, desk: Desk, post: Post | None = None) -> Sequence[tuple[Id, str]]:
    """The ids and names of the users who can become the author of the post, in the order of their names.
    Editors may not list the users, so they can choose among the authors of the latest posts. Empty for
    authors, who may not choose.
    """
    if not desk.actor.edits_all:
        return ()
    found = {desk.user.id: desk.user.name}
    if post is not None and post.author is not None:
        found[post.author.id] = post.author.name
    if desk.user.role is Role.ADMIN:
        page = await page_users(store, desk.actor, limit=MAX_LIMIT)
        found |= {user.id: user.name for user in page.rows if user.disabled_at is None}
    else:
        for status in PostStatus:
            wanted = PostFilter(audience=desk.actor.audience(HORIZON.moment()), status=status)
            query = PostQuery(filter=wanted, limit=_POSTS, sort=PostSort.MOST_RECENTLY_UPDATED, comments=0)
            for each in (await posts.list_page(store, desk.actor, query)).rows:
                if each.author is not None and not each.author.is_disabled:
                    found[each.author.id] = each.author.name
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
