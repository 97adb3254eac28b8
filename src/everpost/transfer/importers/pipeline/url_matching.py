"""Which post a thread of comments belongs to, where the posts came from elsewhere."""

import re
from typing import Protocol
from urllib.parse import urlsplit

from everpost.domain.ids import Id, parse_id
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
        """The post that the thread belongs to; None where none does. It need not have its comments."""
        ...


class PathMatcher:
    """The rule where none is given. The last part of the path is the slug of a post: as it is, without
    its extension, or without the date before it; or any part of the path is the id of a post. What
    follows `?` or `#` says nothing, nor does a last part called `index`.
    """

    async def match(self, store: Store, thread: SourceThread) -> Id | None:
        parts = _parts(thread.url)
        for part in reversed(parts):
            if post_id := await _with_id(store, part):
                return post_id
        for slug in _slugs(parts[-1]) if parts else ():
            if post_id := await _with_slug(store, slug):
                return post_id
        return None


class PatternMatcher:
    """A rule by whoever imports: a regular expression that is looked for in the whole address, and whose
    group `slug` or `id` names the post.
    """

    def __init__(self, pattern: str) -> None:
        """Invalid("match"): it is no regular expression, or has neither group."""
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
    """The rule with this regular expression, or the one where none is given. Invalid("match")."""
    return PathMatcher() if pattern is None else PatternMatcher(pattern)


def _parts(url: str) -> list[str]:
    """The parts of the path of an address, without what only says that it is a page."""
    try:
        path = urlsplit(url.strip()).path
    except ValueError:
        path = url
    parts = [percent_decoded(part) for part in path.split("/") if part]
    if parts and _INDEX.fullmatch(parts[-1]):
        parts.pop()
    return parts


def _slugs(part: str) -> list[str]:
    """The slugs that a part of a path may stand for, the likeliest first, each once."""
    stem = _EXTENSION.sub("", part)
    return list(dict.fromkeys((part, stem, _DATE.sub("", stem, count=1))))


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
