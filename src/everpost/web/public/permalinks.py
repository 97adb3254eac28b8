"""Finds the post at a path."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from everpost.domain.ids import parse_id
from everpost.domain.people.actors import PUBLIC
from everpost.domain.permalinks import DEFAULT_PERMALINK, PermalinkMatch, Permalinks, path_of
from everpost.domain.post_paths import numbered_path, spellings
from everpost.domain.posts import COMMENTS_INSIDE, Post
from everpost.domain.text import normalize_slug, unstorable_reason
from everpost.errors import NotFound
from everpost.services import posts
from everpost.stores.port import Store
from everpost.web.pages import CACHING
from everpost.web.site import Presentation

REDIRECT_HEADERS = {"cache-control": CACHING}
"""Caches must revalidate a redirect before each use: a post can get its old slug back."""

_IDS = 2
"""The maximum number of ids in a path that are looked up: a pattern has at most one, and a slug may look like
one.
"""
_DATE = re.compile("[0-9]{4}|[0-9]{2}", re.ASCII)
_DATES = 3
"""A permalink has at most a year, a month and a day."""


class Moved(Exception):
    """The post has another path."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


async def find_post(
    store: Store, shown: Presentation, path: str, query: Mapping[str, str] = MappingProxyType({})
) -> Post:
    """The public post or page at this path of the blog. Raises NotFound, or Moved if the path is an old path
    of a post or another spelling of its permalink.
    """
    if unstorable_reason(path):
        raise NotFound("page", "")
    bare = path.rstrip("/")
    match = _match(shown, bare)
    post = None if match is None else await _find(store, match)
    permalink = None if post is None else path_of(post, shown.blog.permalink, shown.blog.zone)
    if post is not None and path == permalink:
        return post
    if post is None or bare != permalink:  # another post may have had exactly this path
        post = (
            await _find_by_old_path(store, bare, match)
            or await _find_by_id(store, bare)
            or post
            or await _find_by_slug(store, bare)
            or await find_numbered(store, path, query)
        )
    if post is None:
        raise NotFound("page", "")
    raise Moved(shown.urls.post(post))


async def find_numbered(store: Store, path: str, query: Mapping[str, str]) -> Post | None:
    """The post that WordPress had at this path under its number, as in `/?p=123`."""
    numbered = numbered_path(path, query)
    return None if numbered is None else await posts.find_post_by_paths(store, PUBLIC, [numbered])


def _match(shown: Presentation, path: str) -> PermalinkMatch | None:
    pattern = Permalinks.parse(shown.blog.permalink)
    return pattern.match(path) or Permalinks.parse(DEFAULT_PERMALINK).match(path)


async def _find(store: Store, match: PermalinkMatch) -> Post | None:
    if match.slug is not None and (slug := normalize_slug(match.slug)):
        return await posts.find_post(store, PUBLIC, slug, comments=COMMENTS_INSIDE)
    if match.id is None:
        return None
    try:
        return await posts.read_post(store, PUBLIC, match.id, comments=COMMENTS_INSIDE)
    except NotFound:
        return None


async def _find_by_old_path(store: Store, path: str, match: PermalinkMatch | None) -> Post | None:
    """The post that had this path, or the slug in it."""
    candidates = spellings(path)
    if match is not None and match.slug is not None:
        candidates += spellings(f"/{match.slug}")
    return await posts.find_post_by_paths(store, PUBLIC, candidates)


async def _find_by_id(store: Store, path: str) -> Post | None:
    """The post whose id is in the path: the blog may have had another permalink pattern. Takes precedence
    over a slug of the same form, which anyone who writes posts could choose.
    """
    ids = [each for segment in path.split("/") if (each := parse_id(segment)) is not None]
    for each in ids[-_IDS:]:
        if (post := await _find(store, PermalinkMatch(id=each))) is not None:
            return post
    return None


async def _find_by_slug(store: Store, path: str) -> Post | None:
    """The post with the slug, or a former one, at the end of the path, or before a date at the end, as in
    most permalink patterns: the blog may have had another pattern, and the post another date.
    """
    segments = path.split("/")[1:]
    for segment in segments[: -_DATES - 2 : -1]:
        found = await _find(store, PermalinkMatch(slug=segment))
        post = found or await posts.find_post_by_paths(store, PUBLIC, spellings(f"/{segment}"))
        if post is not None or not _DATE.fullmatch(segment):
            return post
    return None
