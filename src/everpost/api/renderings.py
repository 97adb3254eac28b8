"""Posts as JSON, rendered once for each state of a post."""

from functools import cached_property
from weakref import ref

from fastapi import Response

from everpost.api.etags import is_known, thing_tag
from everpost.api.responses import json_bytes, not_modified, rendered
from everpost.api.schemas.posts import read_post
from everpost.domain.posts import Post


class Rendering:
    """JSON, under an entity tag."""

    def __init__(self, body: bytes, tag: str) -> None:
        self.body = body
        self.tag = tag

    def answer(self, if_none_match: str | None) -> Response:
        """The answer with it; 304 to who has just that already. Each is made once: do not change it."""
        return self._unchanged if is_known(self.tag, if_none_match) else self._whole

    @cached_property
    def _whole(self) -> Response:
        return rendered(self.body, self.tag)

    @cached_property
    def _unchanged(self) -> Response:
        return not_modified(self.tag)


class Renderings:
    """Keeps the rendering of each post as long as that very object lives; its owner (the cache) bounds the
    memory of both.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[ref[Post], Rendering]] = {}

    def render(self, post: Post) -> Rendering:
        """The rendering of the post with the comments that are inside."""
        name = id(post)  # no other object has it as long as this one lives
        kept = self._kept.get(name)
        if kept is not None and kept[0]() is post:
            return kept[1]
        body = json_bytes(read_post(post))
        rendering = Rendering(body, thing_tag(post.revision, body))
        self._kept[name] = ref(post, lambda _: self._kept.pop(name, None)), rendering
        return rendering
