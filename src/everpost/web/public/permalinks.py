"""Finds the post at a path, or at one of its old paths."""

import unicodedata

from everpost.domain.ids import parse_id
from everpost.domain.people.actors import PUBLIC
from everpost.domain.permalinks import DEFAULT_PERMALINK, Permalinks, path_of
from everpost.domain.posts import COMMENTS_INSIDE, MAX_PATH, Post
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
    """The public post or page at this path of the blog. Raises NotFound, and Moved if its path is another."""
    stored = unicodedata.normalize("NFC", path).rstrip("/")
    if len(stored) > MAX_PATH or unstorable_reason(stored):
        raise NotFound("page", "")
    post = await _at_permalink(store, shown, stored) or await _at_old_path(store, stored)
    if post is None:
        raise NotFound("page", "")
    if path != path_of(post, shown.blog.permalink, shown.blog.zone):
        raise Moved(shown.urls.post(post))
    return post


async def _at_permalink(store: Store, shown: Presentation, path: str) -> Post | None:
    found = Permalinks.parse(shown.blog.permalink).match(path) or Permalinks.parse(DEFAULT_PERMALINK).match(
        path
    )
    return None if found is None else await _named(store, found.slug or found.id or "")


async def _at_old_path(store: Store, path: str) -> Post | None:
    """The post with this old path. A permalink of any pattern ends with the id of a post, or with a slug that
    it has or had.
    """
    *folders, last = path.split("/")[1:] or [""]
    for old in dict.fromkeys((path, f"/{last}")):
        post = await posts.find_post_by_path(store, PUBLIC, old, comments=COMMENTS_INSIDE)
        if post is not None:
            return post
    return await _named(store, last) if folders else None


async def _named(store: Store, name: str) -> Post | None:
    """The post with this slug or id."""
    slug, post_id = normalize_slug(name), parse_id(name)
    post = await posts.find_post(store, PUBLIC, slug, comments=COMMENTS_INSIDE) if slug else None
    if post is not None or post_id is None:
        return post
    try:
        return await posts.read_post(store, PUBLIC, post_id, comments=COMMENTS_INSIDE)
    except NotFound:
        return None
