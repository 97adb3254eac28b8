"""Finds the post at a path."""

from everpost.domain.people.actors import PUBLIC
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
    """The public post at this path. Raises NotFound, and Moved if the post has another path now."""
    slug = normalize_slug(path)
    if not slug or "/" in path.strip("/") or unstorable_reason(slug):
        raise NotFound("page", "")
    post = await posts.find_post(store, PUBLIC, slug, comments=COMMENTS_INSIDE)
    if post is None:
        raise NotFound("page", "")
    if path != post.slug:
        raise Moved(shown.urls.post(post))
    return post
