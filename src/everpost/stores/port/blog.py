"""The settings of a blog."""

from typing import Protocol

from everpost.domain.blog import Blog, BlogChange
from everpost.domain.revisions import ExpectedRevisions


class Blogs(Protocol):
    """The settings of the blog."""

    async def get(self) -> Blog:
        """Return the settings, which the first migration creates."""
        ...

    async def save(self, change: BlogChange, *, match: ExpectedRevisions) -> Blog:
        """Change the settings, and increment the version. Raises Stale."""
        ...
