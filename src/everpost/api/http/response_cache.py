"""Posts and pages of them as JSON, rendered once for each state of a post."""

from functools import cached_property
from weakref import ref

from fastapi import Response

from everpost.api.http.etags import body_tag, is_known, thing_tag
from everpost.api.http.responses import json_bytes, not_modified, rendered
from everpost.api.schemas.posts import read_post
from everpost.domain.paging import Page
from everpost.domain.posts import Post


class CachedResponse:
    """JSON, under an entity tag."""

    def __init__(self, body: bytes, tag: str) -> None:
        self.body = body
        self.tag = tag

    def answer(self, if_none_match: str | None) -> Response:
        """The response, or 304 if the client already has it. Each is made once: do not change it."""
        return self._unchanged if is_known(self.tag, if_none_match) else self._whole

    @cached_property
    def _whole(self) -> Response:
        return rendered(self.body, self.tag)

    @cached_property
    def _unchanged(self) -> Response:
        return not_modified(self.tag)


class ResponseCache:
    """Keeps the rendering of each post and page as long as that very object lives; its owner (the cache)
    bounds the memory of both.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[ref[Post | Page[Post]], CachedResponse]] = {}

    def render(self, post: Post) -> CachedResponse:
        """The rendering of the post with the comments that are inside."""
        return self._find(post) or self._keep(post, _rendering_of(post))

    def render_page(self, page: Page[Post]) -> CachedResponse:
        """The rendering of the page as a list; the tag is made of those of its posts."""
        if (kept := self._find(page)) is not None:
            return kept
        shown = [self.render(post) for post in page.rows]
        body = b"[%b]" % b",".join([rendering.body for rendering in shown])
        tag = body_tag(",".join([rendering.tag for rendering in shown]).encode())
        return self._keep(page, CachedResponse(body, tag))

    def _find(self, thing: Post | Page[Post]) -> CachedResponse | None:
        kept = self._kept.get(id(thing))  # no other object has this id as long as this one lives
        return kept[1] if kept is not None and kept[0]() is thing else None

    def _keep(self, thing: Post | Page[Post], rendering: CachedResponse) -> CachedResponse:
        name = id(thing)
        self._kept[name] = ref(thing, lambda _: self._kept.pop(name, None)), rendering
        return rendering


def _rendering_of(post: Post) -> CachedResponse:
    body = json_bytes(read_post(post))
    return CachedResponse(body, thing_tag(post.revision, body))
