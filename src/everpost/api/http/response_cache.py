"""A cache of posts, and pages of posts, as JSON, rendered once for each revision of a post."""

from collections.abc import Sequence
from functools import cached_property
from weakref import ref

from fastapi import Response

from everpost.api.http.etags import body_etag, is_match, resource_etag
from everpost.api.http.responses import json_bytes, not_modified, rendered
from everpost.api.schemas.posts import read_post
from everpost.domain.paging import Page
from everpost.domain.posts import Post


class CachedResponse:
    """JSON with its ETag."""

    def __init__(self, body: bytes, tag: str) -> None:
        self.body = body
        self.tag = tag

    def answer(self, if_none_match: str | None) -> Response:
        """The response, or 304 if the client already has it. Both are shared: do not change them."""
        return self._unchanged if is_match(self.tag, if_none_match) else self._whole

    @cached_property
    def alone(self) -> "CachedResponse":
        """A list that contains only this."""
        return _list_of([self])

    @cached_property
    def _whole(self) -> Response:
        return rendered(self.body, self.tag)

    @cached_property
    def _unchanged(self) -> Response:
        return not_modified(self.tag)


class ResponseCache:
    """Caches the JSON of each post and page for as long as that object exists. The store's cache, which
    owns the objects, bounds the memory of both.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[ref[Post | Page[Post]], CachedResponse]] = {}

    def render(self, post: Post) -> CachedResponse:
        """The post as JSON, with its comments."""
        return self._find(post) or self._keep(post, _rendering_of(post))

    def render_page(self, page: Page[Post]) -> CachedResponse:
        """The page as a JSON list."""
        if (kept := self._find(page)) is not None:
            return kept
        return self._keep(page, _list_of([self.render(post) for post in page.rows]))

    def _find(self, thing: Post | Page[Post]) -> CachedResponse | None:
        kept = self._kept.get(id(thing))  # no other object has this id while this one exists
        return kept[1] if kept is not None and kept[0]() is thing else None

    def _keep(self, thing: Post | Page[Post], rendering: CachedResponse) -> CachedResponse:
        name = id(thing)
        self._kept[name] = ref(thing, lambda _: self._kept.pop(name, None)), rendering
        return rendering


def _list_of(rows: Sequence[CachedResponse]) -> CachedResponse:
    """A list, whose ETag is derived from those of its rows."""
    body = b"[%b]" % b",".join([row.body for row in rows])
    return CachedResponse(body, body_etag(",".join([row.tag for row in rows]).encode()))


def _rendering_of(post: Post) -> CachedResponse:
    body = json_bytes(read_post(post))
    return CachedResponse(body, resource_etag(post.revision, body))
