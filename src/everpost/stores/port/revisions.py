"""The past states of posts."""

from typing import Protocol

from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.writing.history import PostRevision


class Revisions(Protocol):
    """`Posts.save` keeps the past states of a post, see `domain.writing.history`. They are removed with the
    post.
    """

    async def current(self, post_id: Id) -> PostRevision:
        """Return the current state of a post. Raises NotFound("post")."""
        ...

    async def get(self, post_id: Id, number: int) -> PostRevision:
        """Return a past state. Raises NotFound("revision"); the post need not exist."""
        ...

    async def page(self, post_id: Id, *, limit: int, before: int | None = None) -> Page[PostRevision]:
        """Return a page of past states with lower numbers than this one, latest first, with empty content.
        There are none if the post does not exist.
        """
        ...
