"""Finds the post at a path."""

from everpost.domain.people.actors import PUBLIC
from everpost.domain.permalinks import DEFAULT_PERMALINK, Permalinks, path_of
from everpost.domain.posts import COMMENTS_INSIDE, Post
from everpost.domain.text import normalize_slug, unstorable_reason
from everpost.errors import NotFound
from everpost.services import posts
from everpost.stores.port import Store
from everpost.web.site import Presentation


class Moved(Exception):
    """The post has another path."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


async def find_post(store: Store, shown: Presentation, path: str) -> Post:
    """The public post or page at this path of the blog. Raises NotFound, and Moved if its path is written
    otherwise.
    """
    post = None if unstorable_reason(path) else await _find(store, shown, path.rstrip("/"))
    if post is None:
        raise NotFound("page", "")
    if path != path_of(post, shown.blog.permalink, shown.blog.zone):
        raise Moved(shown.urls.post(post))
    return post


async def _find(store: Store, shown: Presentation, path: str) -> Post | None:
    pattern = Permalinks.parse(shown.blog.permalink)
    found = pattern.match(path) or Permalinks.parse(DEFAULT_PERMALINK).match(path)
    if found is None:
        return None
    if found.slug is not None and (slug := normalize_slug(found.slug)):
        return await posts.find_post(store, PUBLIC, slug, comments=COMMENTS_INSIDE)
    if found.id is None:
        return None
    return await posts.read_post(store, PUBLIC, found.id, comments=COMMENTS_INSIDE)
