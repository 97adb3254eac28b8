"""Finding the post that a thread belongs to by its URL, for systems that only have comments."""

import re
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from everpost.domain.ids import Id, parse_id
from everpost.domain.post_paths import numbered_path, spellings
from everpost.domain.posts import PostKey
from everpost.domain.text import normalize_slug
from everpost.errors import Invalid, NotFound
from everpost.stores.port import Store
from everpost.transfer.importers.formats.percent_encoding import percent_decoded
from everpost.transfer.importers.model import SourceThread

_INDEX = re.compile(r"index(\.\w+)?", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(html?|xhtml|php|aspx?|md|markdown)$", re.IGNORECASE)
_DATE = re.compile(r"\d{4}[-_]\d{1,2}[-_]\d{1,2}[-_]")
_LONGEST_SLUG = 1_000
_GROUPS = frozenset({"slug", "id"})


class Matcher(Protocol):
    """Finds the posts of threads."""

    async def match(self, store: Store, thread: SourceThread) -> Id | None:
        """The post that the thread belongs to; None if there is none. The comments of the thread may be left
        out.
        """
        ...


class PathMatcher:
    """The default rule. The path is an old path of a post. Otherwise, any segment is the id of a post, or the
    last one is its slug: as it is, without its extension, or without a leading date. The query, the fragment
    and a final segment `index` are ignored.
    """

    async def match(self, store: Store, thread: SourceThread) -> Id | None:
        if post_id := await _with_path(store, thread.url):
            return post_id
        parts = _parts(thread.url)
        for part in reversed(parts):
            if post_id := await _with_id(store, part):
                return post_id
        for slug in _slugs(parts[-1]) if parts else ():
            if post_id := await _with_slug(store, slug):
                return post_id
        return None


class PatternMatcher:
    """A custom rule: a regular expression that is searched for in the whole URL, and whose group `slug` or
    `id` identifies the post.
    """

    def __init__(self, pattern: str) -> None:
        """Raises Invalid("match") if it is not a regular expression, or has neither group."""
        try:
            self._pattern = re.compile(pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise Invalid("match", f"{pattern!r} is not a regular expression: {error}") from error
        if not _GROUPS & self._pattern.groupindex.keys():
            raise Invalid("match", f"{pattern!r} has no group (?P<slug>...) or (?P<id>...)")

    async def match(self, store: Store, thread: SourceThread) -> Id | None:
        found = self._pattern.search(thread.url)
        if found is None:
            return None
        named = found.groupdict()
        if post_id := await _with_id(store, percent_decoded(named.get("id") or "")):
            return post_id
        return await _with_slug(store, percent_decoded(named.get("slug") or ""))


def matcher_of(pattern: str | None) -> Matcher:
    """The rule with this regular expression; without one, the default rule. Raises Invalid("match")."""
    return PathMatcher() if pattern is None else PatternMatcher(pattern)


def _path(url: str) -> str:
    try:
        return urlsplit(url.strip()).path
    except ValueError:
        return url


def _query(url: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(urlsplit(url.strip()).query))
    except ValueError:
        return {}


def _parts(url: str) -> list[str]:
    """The segments of the path, without a final `index`."""
    parts = [percent_decoded(part) for part in _path(url).split("/") if part]
    if parts and _INDEX.fullmatch(parts[-1]):
        parts.pop()
    return parts


def _slugs(part: str) -> list[str]:
    """The slugs that a segment may stand for, the likeliest first."""
    stem = _EXTENSION.sub("", part)
    return list(dict.fromkeys((part, stem, _DATE.sub("", stem, count=1))))


async def _with_path(store: Store, url: str) -> Id | None:
    """The post with this old path."""
    path = percent_decoded(f"/{_path(url).strip('/')}")
    numbered = numbered_path(path, _query(url))
    paths = (*spellings(path), *([] if numbered is None else [numbered]))
    found = await store.posts.find_validators(PostKey.PATH, paths) if paths else {}
    return next((found[path][0] for path in paths if path in found), None)


async def _with_slug(store: Store, text: str) -> Id | None:
    slug = normalize_slug(text[:_LONGEST_SLUG])
    post = await store.posts.find(slug, comments=0) if slug else None
    return None if post is None else post.id


async def _with_id(store: Store, text: str) -> Id | None:
    post_id = parse_id(text)
    if post_id is None:
        return None
    try:
        return (await store.posts.get(post_id, comments=0)).id
    except NotFound:
        return None
