"""Writing imported records to the store, or only pretending to."""

from collections.abc import Sequence
from typing import Protocol

from everpost.domain.blog import BlogChange
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.domain.posts import Post
from everpost.domain.revisions import ExpectedRevisions
from everpost.errors import Conflict, NotFound
from everpost.stores.port import Store
from everpost.transfer.importers.pipeline.import_spool import ImportSpool


class Writer(Protocol):
    """Writes one record with everything that belongs to it, or nothing."""

    async def save_settings(self, change: BlogChange, match: ExpectedRevisions) -> None:
        """Change the settings of the blog. Raises Stale."""
        ...

    async def add_user(self, user: User) -> None:
        """Add a new user."""
        ...

    async def add_post(self, post: Post, thread: Sequence[Comment]) -> None:
        """Add a new post with its thread. Raises Conflict("id"), Conflict("slug"), Conflict("paths"), or
        Conflict("id") of a comment.
        """
        ...

    async def has_slug(self, slug: str) -> bool:
        """Whether a post has this slug."""
        ...

    async def has_path(self, path: str) -> bool:
        """Whether a post has this old path."""
        ...

    async def add_comment(self, comment: Comment) -> None:
        """Add a comment to an existing post; its parent need not be approved."""
        ...


class StoreWriter:
    """Writes to a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def save_settings(self, change: BlogChange, match: ExpectedRevisions) -> None:
        await self._store.blog.save(change, match=match)

    async def add_user(self, user: User) -> None:
        await self._store.users.add(user)

    async def add_post(self, post: Post, thread: Sequence[Comment]) -> None:
        await self._store.posts.add(post, thread=thread)

    async def has_slug(self, slug: str) -> bool:
        return await self._store.posts.find(slug, comments=0) is not None

    async def has_path(self, path: str) -> bool:
        return await self._store.posts.find_by_path(path, comments=0) is not None

    async def add_comment(self, comment: Comment) -> None:
        await self._store.comments.add(comment, under_hidden=True)


class Rehearsal:
    """Writes nothing, and raises the errors that a store would raise if everything had been written."""

    def __init__(self, store: Store, spool: ImportSpool) -> None:
        self._store = store
        self._spool = spool

    async def save_settings(self, change: BlogChange, match: ExpectedRevisions) -> None:
        pass

    async def add_user(self, user: User) -> None:
        pass

    async def add_post(self, post: Post, thread: Sequence[Comment]) -> None:
        if await self._has(post.id):
            raise Conflict("post", "id")
        if await self.has_slug(post.slug):
            raise Conflict("post", "slug")
        for path in post.paths:
            if await self.has_path(path):
                raise Conflict("post", "paths")
        for comment in thread:
            if await self._store.comments.find(comment.id) is not None:
                raise Conflict("comment", "id")
        self._spool.add_slug(post.slug)

    async def _has(self, id: Id) -> bool:
        try:
            await self._store.posts.get(id, comments=0)
        except NotFound:
            return False
        return True

    async def has_slug(self, slug: str) -> bool:
        return self._spool.has_slug(slug) or await self._store.posts.find(slug, comments=0) is not None

    async def has_path(self, path: str) -> bool:
        return await self._store.posts.find_by_path(path, comments=0) is not None

    async def add_comment(self, comment: Comment) -> None:
        pass
