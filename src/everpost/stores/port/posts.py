"""The posts of a blog."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from everpost.domain.comment_preconditions import CommentContext
from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import (
    Post,
    PostChange,
    PostFilter,
    PostKey,
    PostKind,
    PostLocation,
    PostQuery,
    TagCount,
    TagQuery,
    Updates,
)
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.writing.saved_copies import SavedCopy


class Validator(NamedTuple):
    """Distinguishes one state of a post, its thread and the names in both from every other state it ever had,
    even in another history of the database. Opaque: compare for equality only.
    """

    version: int
    stamp: int
    names: int
    """Drawn again, for all posts at once, by each transaction that renames, disables, enables, adds or
    removes a user, or changes the settings of the blog. The settings, and posts that `read` or a `find`
    returned, have the current one as their `names_stamp`.
    """

    def is_of(self, post: Post) -> bool:
        """Whether it is the validator of the post that `read` or a `find` returned."""
        return self == (post.version, post.stamp, post.names_stamp)


class Posts(Protocol):
    """`comments` is the maximum number of shown comments, oldest first, that a returned post contains."""

    async def get(self, id: Id, *, comments: int) -> Post:
        """Return the post, regardless of visibility. Raises NotFound."""
        ...

    async def comment_context(self, id: Id) -> CommentContext:
        """Return the post, regardless of visibility, with the settings of the blog. Raises NotFound."""
        ...

    async def find(self, slug: str, *, comments: int) -> Post | None:
        """Return the post with exactly this slug, byte for byte, regardless of visibility; as `read` does."""
        ...

    async def find_by_path(self, path: str, *, comments: int) -> Post | None:
        """Return the post with exactly this old path, byte for byte, regardless of visibility; as `read`
        does.
        """
        ...

    async def page(self, query: PostQuery) -> Page[Post]:
        """Return a page in the order of the query; ties are broken by id, in the same direction."""
        ...

    async def read(self, ids: Sequence[Id], *, comments: int) -> Mapping[Id, Post]:
        """Return those of these posts, at most 100, that exist. Each post, its thread, the names in it and
        its `names_stamp` belong to one state of the database.
        """
        ...

    async def validators(self, ids: Sequence[Id]) -> Mapping[Id, Validator]:
        """Return the validators of those of these posts, at most 100, that exist."""
        ...

    async def find_validators(
        self, key: PostKey, values: Sequence[str]
    ) -> Mapping[str, tuple[Id, Validator]]:
        """Return the ids and validators of the posts with these slugs or old paths, at most 100."""
        ...

    async def page_validators(self, query: PostQuery) -> Page[tuple[Id, Validator]]:
        """Return the ids and validators of the posts that `page` would return; cheaper than reading them."""
        ...

    async def page_locations(self, query: PostQuery) -> Page[PostLocation]:
        """Return the locations of the posts that `page` would return; a page of thousands is cheap."""
        ...

    async def count(self, filter: PostFilter) -> int:
        """Return the number of posts that match."""
        ...

    async def authors(self, *, moment: datetime, least: int) -> Sequence[Id]:
        """Return the ids, in order, of the users who have at least this number of posts (not pages) that are
        public at this time, without those who are disabled.
        """
        ...

    async def updates(self, kind: PostKind) -> Updates:
        """Sum up when the published posts of this kind, scheduled ones included, were updated. It reads an
        index only.
        """
        ...

    async def tags(self, query: TagQuery) -> Page[TagCount]:
        """Return a page of the tags of public posts."""
        ...

    async def add(
        self,
        post: Post,
        *,
        thread: Sequence[Comment] = (),
        numbered: bool = False,
        saved_copy: SavedCopy | None = None,
    ) -> Post:
        """Add a new post, with its whole thread if one is given, whose depths and counts must be right.
        Returns the post as stored, without comments. With `numbered`, a slug that is taken becomes the first
        free `numbered_slug`.

        Its own permalink is not kept among its paths. The saved copy is removed.

        Raises, in this order: Conflict("id") (the post that has it is as durable as one that was added),
        Conflict("slug") (not with `numbered`), Conflict("paths") (another post has one of them),
        Invalid("author_id") (no such user), Conflict("comment", "id") (a comment of another post has the id
        of one in the thread).
        """
        ...

    async def save(
        self,
        id: Id,
        change: PostChange,
        *,
        match: ExpectedRevisions,
        comments: int,
        owner_id: Id | None = None,
    ) -> Post:
        """Change the fields that the change contains, and increment the version. The paths afterwards are
        those of `post_paths.Move`, without left addresses that another post already has. The saved
        copy is removed.

        Raises, in this order: NotFound, Forbidden (`owner_id` is given and is not the author's), InTrash,
        Stale, Conflict("slug") (not if it is numbered), Conflict("paths"), Invalid("author_id").
        """
        ...

    async def remove(
        self,
        id: Id,
        *,
        match: ExpectedRevisions,
        owner_id: Id | None = None,
        discarded_copy: SavedCopy | None = None,
    ) -> None:
        """Remove the post, in the trash or not, its whole thread, and this working copy of it, unless that
        has changed since. Other working copies stay. Raises NotFound, Forbidden (as for `save`), Stale.
        """
        ...
