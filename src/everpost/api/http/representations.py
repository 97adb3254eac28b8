"""Posts and comments as JSON, in the representation that a client chose with `include` and `fields`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self, cast

from everpost.api.schemas.comments import CommentNode, CommentRead
from everpost.api.schemas.posts import RENDERED_FIELDS, read_post, read_rendered
from everpost.domain.posts import Post
from everpost.services.rendering.renderer import Renderer


@dataclass(frozen=True, slots=True)
class Representation:
    """The representation that a client chose."""

    has_html: bool
    fields: frozenset[str] | None
    """None: all fields."""

    @classmethod
    def chosen(cls, include: str | None, fields: str | None) -> Self | None:
        """The representation for these parameters; None: the default one."""
        if include is None and fields is None:
            return None
        return cls(include == "html", None if fields is None else frozenset(fields.split(",")))

    async def posts(self, posts: Sequence[Post], renderer: Renderer) -> list[dict[str, object]]:
        """The posts, with their comments."""
        contents = [read_post(post) for post in posts]
        if self._has("comments"):
            inside = [comment for content in contents for comment in content["comments"]]
            await self._add_html(inside, renderer)
        if not self._has_rendered_fields:
            return [self._pick(content) for content in contents]
        derived = map(read_rendered, await renderer.posts(posts))
        return [self._pick({**content, **each}) for content, each in zip(contents, derived, strict=True)]

    async def comments(
        self, comments: Sequence[CommentRead | CommentNode], renderer: Renderer
    ) -> list[dict[str, object]]:
        """The comments, with their replies."""
        if self._has("html", "replies"):
            await self._add_html(list(_with_replies(comments)), renderer)
        return [self._pick(comment) for comment in comments]

    @property
    def _has_rendered_fields(self) -> bool:
        return self.has_html if self.fields is None else not self.fields.isdisjoint(RENDERED_FIELDS)

    def _has(self, *names: str) -> bool:
        return self.fields is None or not self.fields.isdisjoint(names)

    async def _add_html(self, comments: Sequence[CommentRead], renderer: Renderer) -> None:
        if not self.has_html:
            return
        shown = [(comment, text) for comment in comments if (text := comment["content"]) is not None]
        for comment in comments:
            comment["html"] = None
        rendered = await renderer.comments([text for _, text in shown])
        for (comment, _), each in zip(shown, rendered, strict=True):
            comment["html"] = each.html

    def _pick(self, content: Mapping[str, object]) -> dict[str, object]:
        kept = {name: value for name, value in content.items() if self.fields is None or name in self.fields}
        replies = kept.get("replies")
        if isinstance(replies, list):
            kept["replies"] = [self._pick(reply) for reply in replies]
        return kept


def _with_replies(comments: Iterable[CommentRead | CommentNode]) -> Iterator[CommentRead]:
    for comment in comments:
        yield comment
        yield from _with_replies(cast("CommentNode", comment).get("replies", ()))
