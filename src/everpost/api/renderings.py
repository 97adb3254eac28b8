"""Posts as JSON, rendered once for each state of a post."""

from dataclasses import dataclass
from weakref import ref

from everpost.api.etags import thing_tag
from everpost.api.responses import json_bytes
from everpost.api.schemas.posts import read_post
from everpost.domain.posts import Post


@dataclass(frozen=True, slots=True)
class Rendering:
    """JSON, under an entity tag."""

    body: bytes
    tag: str


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
