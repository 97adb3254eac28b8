"""The port: what every store of a blog promises, in small protocols bundled in a `Store`.

A writing call is one transaction: when it returns, all of it has happened, durably; when it
raises, nothing has (but after `Busy`, which may come too late to know). What comes out is frozen
and complete. Every call may raise `Busy`.

An error states the same facts on every store. Where only a field is named, the noun is what the protocol
keeps: `Conflict("slug")` of `Posts` is `Conflict("post", "slug")`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from everpost.domain.blog import Blog, BlogChange
from everpost.domain.comment_preconditions import CommentContext, CommentPreconditions, EditCredential
from everpost.domain.comments import Comment, CommentChange, CommentQuery, QueueQuery
from everpost.domain.ids import Id
from everpost.domain.paging import Page
from everpost.domain.posts import Post, PostChange, PostFilter, PostQuery, TagCount, TagQuery
from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.records import Batch, Counts, Record, Transfer
from everpost.domain.revisions import ExpectedRevisions
from everpost.stores.port_people import RateLimits, Tokens, Users


class Validator(NamedTuple):
    """Distinguishes one state of a post, its thread and the names in both from every other state it ever had,
    even in another history of the database. Opaque: compare for equality only.
    """

    version: int
    stamp: int
    names: int
    """Drawn anew, for all posts at once, by each transaction that renames, disables, enables, adds or removes
    a user.
    """


class Validated(NamedTuple):
    """A post, and its validator at the moment it was read."""

    post: Post
    validator: Validator


class Posts(Protocol):
    """`comments`: how many of its shown comments, oldest first, a returned post contains."""

    async def get(self, id: Id, *, comments: int) -> Post:
        """The post, whoever may see it. NotFound."""
        ...

    async def comment_context(self, id: Id) -> CommentContext:
        """The post, without regard to who may see it, with the settings of the blog. NotFound."""
        ...

    async def find(self, slug: str, *, comments: int) -> Post | None:
        """The post with this slug, byte for byte, whoever may see it."""
        ...

    async def page(self, query: PostQuery) -> Page[Post]:
        """A page, in the order of the query, ties by id in the same direction."""
        ...

    async def read(self, ids: Sequence[Id], *, comments: int) -> Mapping[Id, Validated]:
        """Those of these posts, at most 100, that exist. Each is read as of one moment, with its thread, the
        names in it and its validator.
        """
        ...

    async def validators(self, ids: Sequence[Id]) -> Mapping[Id, Validator]:
        """The validators of those of these posts, at most 100, that exist."""
        ...

    async def page_validators(self, query: PostQuery) -> Page[tuple[Id, Validator]]:
        """The ids and validators of the posts that `page` would return; cheaper than reading them."""
        ...

    async def count(self, filter: PostFilter) -> int:
        """How many posts these are."""
        ...

    async def tags(self, query: TagQuery) -> Page[TagCount]:
        """A page of the tags that are on posts which are out."""
        ...

    async def add(self, post: Post, *, thread: Sequence[Comment] = (), numbered: bool = False) -> Post:
        """Add a new post, with its whole thread if one is given, whose depths and counts must be right.
        Returns the post as stored, with no comments inside: with `numbered`, a slug that is taken becomes the
        first free `numbered_slug`.

        In this order: Conflict("id") (the post that has it is as durable as one that was added),
        Conflict("slug") (not with `numbered`), Invalid("author_id") (no such user); Conflict("comment",
        "id") where a comment of another post has the id of one.
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
        """Change what the change names; one version more. In this order: NotFound, Forbidden (`owner_id`
        is given and is not the author's), Stale, Conflict("slug") (not where it is numbered),
        Invalid("author_id").
        """
        ...

    async def remove(self, id: Id, *, match: ExpectedRevisions, owner_id: Id | None = None) -> None:
        """Remove the post and its whole thread. NotFound, Forbidden (as for `save`), Stale."""
        ...


class Comments(Protocol):
    """A change of a thread is also a change of its post: one version more, `updated_at` as it was. What
    is shown of a thread, and every count in it, is right after each change.
    """

    async def get(self, post_id: Id, id: Id) -> Comment:
        """The comment, shown or not. NotFound names the post where that is missing."""
        ...

    async def find(self, id: Id) -> Comment | None:
        """The comment with this id, shown or not, of whichever post."""
        ...

    async def page(self, query: CommentQuery) -> Page[Comment]:
        """A page of what is shown, oldest first, by `(publication_date, id)`. NotFound: no such post."""
        ...

    async def branches(
        self, post_id: Id, parent_ids: Sequence[Id], *, limit: int
    ) -> Mapping[Id, Page[Comment]]:
        """The first page of the shown replies to each of these comments of the post, at most 1,000. NotFound
        (the post), also if it is removed meanwhile.
        """
        ...

    async def queue(self, query: QueueQuery) -> Page[Comment]:
        """A page over all posts, newest first, by `(publication_date, id)`, both descending."""
        ...

    async def add(
        self, comment: Comment, *, admission: CommentPreconditions | None = None, under_hidden: bool = False
    ) -> Comment:
        """Put a comment under its post, and give it back with its depth, its author as given. In this order:
        NotFound (the post), Invalid("name"), Stale("post") (for the admission), Conflict("id") (a comment
        of any post has it, which is as durable as one that was added), Invalid("parent_id") (not an
        approved comment of this post; with `under_hidden`, which is for imports, not a comment of this
        post).
        """
        ...

    async def save(
        self,
        post_id: Id,
        id: Id,
        change: CommentChange,
        *,
        match: ExpectedRevisions,
        hand: EditCredential | None = None,
    ) -> Comment:
        """Change the comment; one version more. In this order: NotFound (the post), Stale("post") (for the
        hand's admission), NotFound (also where a hand is given and the comment was erased to a tombstone),
        Forbidden (it is not in the hand, or no longer young), Stale("comment").
        """
        ...

    async def remove(
        self, post_id: Id, id: Id, *, match: ExpectedRevisions, hand: EditCredential | None = None
    ) -> None:
        """Erase the comment. Where others answer it, whatever their status, it stays as a tombstone: its
        status is `removed`, its words are empty, its author, name and key are gone, one version more.
        NotFound, Forbidden, Stale, as for `save`.
        """
        ...


class Blogs(Protocol):
    """The settings of the blog."""

    async def get(self) -> Blog:
        """They are there from the first migration that knows of them."""
        ...

    async def save(self, change: BlogChange, *, match: ExpectedRevisions) -> Blog:
        """Change them; one version more. Stale."""
        ...


class Snapshot(Protocol):
    """The whole blog as it was at one moment, whatever is written meanwhile."""

    async def count(self) -> Counts:
        """How many records there are of each kind."""
        ...

    async def fingerprint(self) -> str | None:
        """A text that is cheap to compute, and differs between any two states of the blog that calls of this
        store can bring about; None if a store has none.
        """
        ...

    def records(self) -> AsyncIterator[Sequence[Record]]:
        """Every record once, in bounded batches, in the order of the `kinds`: the settings; the users, by id;
        the tokens, by id; the posts, by id, each followed by its comments, whatever their status, by
        `(publication_date, id)`.
        """
        ...


class Records(Protocol):
    """The whole blog, to be moved. Nobody else writes to a blog that another one is moving into."""

    @property
    def kinds(self) -> Kinds:
        """The kinds of its records, in order."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """The blog as it is at one moment; it takes as long as it takes."""
        ...

    async def write(self, batch: Batch) -> None:
        """Make it so, of all of the batch or, where the database stops half-way, of a part: the same
        batch can be written again. Where a record takes what is unique (a slug, an address, a digest,
        the id of a comment) from one that is not in the batch, that one loses it for the time being:
        whoever moves a blog writes or erases that one as well. A user who is erased takes the tokens
        along, a post its comments. A comment is erased only where it is on the same post, with the same
        date.
        """
        ...

    async def transfer(self) -> Transfer | None:
        """What the database says of the latest move into it; None where there was none."""
        ...

    async def begin(self, origin: str, *, latest: Transfer | None) -> None:
        """Record that a move from this origin is under way. Conflict("blog", "transfer") if the database does
        not record `latest`, or if `latest` is None and the blog is not empty: it has a user, a post, or
        changed settings.
        """
        ...

    async def finish(self, transfer: Transfer) -> None:
        """Record that the move has ended. Conflict("blog", "transfer") if no move from this origin is under
        way.
        """
        ...


class Store(Protocol):
    """Where a blog is kept. Lives as long as the process; safe for any number of tasks of one loop."""

    @property
    def posts(self) -> Posts: ...

    @property
    def comments(self) -> Comments: ...

    @property
    def users(self) -> Users: ...

    @property
    def tokens(self) -> Tokens: ...

    @property
    def limits(self) -> RateLimits: ...

    @property
    def blog(self) -> Blogs: ...

    @property
    def records(self) -> Records: ...

    async def ping(self) -> None:
        """Ask the database for nothing. Busy: it does not answer."""
        ...

    async def close(self) -> None:
        """Give every connection back."""
        ...
