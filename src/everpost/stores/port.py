"""The port: what every store of a blog promises, in small protocols bundled in a `Store`.

A writing call is one transaction: when it returns, all of it has happened, durably; when it
raises, nothing has (but after `Busy`, which may come too late to know). What comes out is frozen
and complete. Every call may raise `Busy`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from everpost.domain.comments import Comment, CommentChange, CommentQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostQuery
from everpost.domain.revisions import Match, Revision


class Posts(Protocol):
    """`comments` is how many of its comments, the oldest, a post that comes out has inside."""

    async def get(self, id: Id, *, comments: int) -> Post:
        """The post. NotFound."""
        ...

    async def revision(self, id: Id) -> Revision:
        """Only which state the post is in: far cheaper than `get`. NotFound."""
        ...

    async def find(self, slug: str, *, comments: int) -> Post | None:
        """The post with this slug, byte for byte."""
        ...

    async def page(self, query: PostQuery) -> Page[Post]:
        """A page, newest first, ordered by `(publication_date, id)`, both descending."""
        ...

    async def count(self) -> int:
        """How many posts there are."""
        ...

    async def add(self, post: Post) -> None:
        """Keep a new post, which has no comments yet. Conflict("id") before Conflict("slug")."""
        ...

    async def save(self, id: Id, change: PostChange, *, match: Match, comments: int) -> Post:
        """Change what the change names; one version more. NotFound, Stale, Conflict("slug")."""
        ...

    async def remove(self, id: Id, *, match: Match) -> None:
        """Remove the post and its whole thread. NotFound, Stale."""
        ...


class Comments(Protocol):
    """A change of a thread is also a change of its post: one version more, `updated_at` as it was."""

    async def get(self, post_id: Id, id: Id) -> Comment:
        """The comment. NotFound names the post where that is missing."""
        ...

    async def page(self, query: CommentQuery) -> Page[Comment]:
        """A page, oldest first, ordered by `(publication_date, id)`. NotFound: no such post."""
        ...

    async def add(self, comment: Comment) -> None:
        """Put a comment under its post. In this order: NotFound (the post), Conflict("id") (a comment
        of any post has it), Invalid("parent_id") (not a comment of this post).
        """
        ...

    async def save(self, post_id: Id, id: Id, change: CommentChange, *, match: Match) -> Comment:
        """Change the comment; one version more. NotFound, Stale."""
        ...

    async def remove(self, post_id: Id, id: Id, *, match: Match) -> None:
        """Remove the comment; answers to it stay and keep their `parent_id`. NotFound, Stale."""
        ...


class Store(Protocol):
    """Where a blog is kept. Lives as long as the process; safe for any number of tasks of one loop."""

    @property
    def posts(self) -> Posts: ...

    @property
    def comments(self) -> Comments: ...

    async def ping(self) -> None:
        """Ask the database for nothing. Busy: it does not answer."""
        ...

    async def close(self) -> None:
        """Give every connection back."""
        ...


class SchemaState(Enum):
    """How the schema in a database stands to the one that this Everpost needs."""

    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered change of the schema."""

    revision: str
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """A migration to be run, up or down, and what it would drop that holds data."""

    migration: Migration
    upward: bool
    loses: tuple[str, ...] = ()


class Schema(Protocol):
    """The schema of one database and its migrations. Two processes that migrate one database at the
    same time do so one after the other. `target` is a revision, "head", "base", or "-1" for one down.
    """

    async def current(self) -> str | None:
        """The revision the database is at; None where no migration ever ran."""
        ...

    async def state(self) -> SchemaState:
        """Empty, current, behind or ahead."""
        ...

    def history(self) -> Sequence[Migration]:
        """Every migration that this Everpost knows, the first one first."""
        ...

    async def plan(self, target: str) -> Sequence[Step]:
        """The steps from here to there, in order. SchemaMismatch where there is no way."""
        ...

    async def migrate(self, target: str, *, allow_data_loss: bool = False) -> Sequence[Step]:
        """Take the steps of the plan and say which. DataLoss, before the first, where a step loses
        something and that is not allowed; SchemaMismatch.
        """
        ...

    async def differences(self) -> Sequence[str]:
        """Where the database is not as its revision says, a sentence each."""
        ...

    async def close(self) -> None:
        """Give every connection back."""
        ...
