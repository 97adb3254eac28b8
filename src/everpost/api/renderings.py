"""Posts that were answered not long ago, with the bytes of the answer."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from everpost.api.etags import thing_tag
from everpost.api.responses import json_bytes
from everpost.api.schemas.posts import read_post
from everpost.domain.ids import Id
from everpost.domain.posts import Post

_OVERHEAD = 2_000
"""Bytes that a post takes besides its words."""
_COPIES = 3
"""How often its words are kept: as text, of which a character may take more than a byte, and as JSON."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A post as it is answered: JSON, under an entity tag."""

    post: Post
    body: bytes
    tag: str

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return _OVERHEAD * (1 + len(self.post.comments)) + _COPIES * len(self.body)


class Renderings:
    """Keeps what was asked for last, in so many bytes of memory. That a post is here says nothing of whether
    it is still so: the store is asked each time, and is told what is known.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[tuple[Id, int], Rendering] = OrderedDict()

    def known(self, comments: int) -> Callable[[Id], Post | None]:
        """What is known of posts with so many comments inside."""
        return partial(self._known, comments)

    def render(self, post: Post, comments: int) -> Rendering:
        """The rendering of the post, which was asked for with so many comments inside."""
        name = (post.id, comments)
        kept = self._kept.get(name)
        if kept is not None and kept.post is post:
            self._kept.move_to_end(name)
            return kept
        body = json_bytes(read_post(post))
        rendering = Rendering(post, body, thing_tag(post.revision, body))
        self._keep(name, rendering)
        return rendering

    def _known(self, comments: int, id: Id) -> Post | None:
        kept = self._kept.get((id, comments))
        return None if kept is None else kept.post

    def _keep(self, name: tuple[Id, int], rendering: Rendering) -> None:
        before = self._kept.pop(name, None)
        self._size -= 0 if before is None else before.size
        if rendering.size > self._capacity:
            return
        self._kept[name] = rendering
        self._size += rendering.size
        while self._size > self._capacity:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size
