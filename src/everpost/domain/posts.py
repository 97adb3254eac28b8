"""Posts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from everpost.domain.comments import Comment, CommentPolicy
from everpost.domain.ids import Id
from everpost.domain.paging import Position
from everpost.domain.people.users import Author
from everpost.domain.records import Record
from everpost.domain.revisions import Revision
from everpost.domain.text import normalize_slug
from everpost.errors import Invalid

MAX_TITLE = 255
MAX_CONTENT = 1_000_000
MAX_SLUG = 255
MAX_TAGS = 20
MAX_TAG = 50
COMMENTS_INSIDE = 100
"""How many comments a post shows inside, at most."""
COMMENTS_INSIDE_LISTED = 10
"""How many each post of a list shows inside, at most."""


class PostStatus(StrEnum):
    """Whether a post is out, from its publication date on, or being written."""

    DRAFT = "draft"
    PUBLISHED = "published"


class PostFormat(StrEnum):
    """What the content of a post is written in. It is kept as it came."""

    MARKDOWN = "markdown"
    HTML = "html"


class PostSort(StrEnum):
    """The order of a list: by which moment, the latest first where it has a minus; ties by id, likewise."""

    OLDEST = "publication_date"
    NEWEST = "-publication_date"
    LEAST_RECENTLY_UPDATED = "updated_at"
    MOST_RECENTLY_UPDATED = "-updated_at"

    @property
    def is_descending(self) -> bool:
        return self.value.startswith("-")

    @property
    def by_update(self) -> bool:
        return self.value.endswith("updated_at")


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Post(Record):
    """A post as a store gives it: complete, with the oldest of its shown comments inside, in order."""

    id: Id
    title: str
    content: str
    publication_date: datetime
    updated_at: datetime
    slug: str
    version: int = 1
    tags: tuple[str, ...] = ()
    format: PostFormat = PostFormat.MARKDOWN
    status: PostStatus = PostStatus.PUBLISHED
    author: Author | None = None
    comment_policy: CommentPolicy | None = None
    """None: the blog's."""
    comment_count: int = 0
    """How many approved comments it has."""
    comments: tuple[Comment, ...] = ()
    stamp: int = field(default=0, compare=False, repr=False)
    """Drawn by the store with each version, and known only to its database; 0: not from a store."""

    def position(self, sort: PostSort = PostSort.NEWEST) -> Position:
        """Its place in a list of this order."""
        return Position(self.updated_at if sort.by_update else self.publication_date, self.id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChange:
    """The new values of a user's fields; None leaves a field unchanged."""

    updated_at: datetime
    title: str | None = None
    content: str | None = None
    publication_date: datetime | None = None
    slug: str | None = None
    is_slug_numbered: bool = False
    """If another post has the slug, the first free `numbered_slug` is used instead."""
    tags: tuple[str, ...] | None = None
    format: PostFormat | None = None
    status: PostStatus | None = None
    author_id: Id | None = None
    comment_policy: CommentPolicy | Literal["inherit"] | None = None
    """"inherit": from now on the blog's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who looks at a list: it has the published posts whose date has come by the moment; of all others
    only those by this user; or everything.
    """

    moment: datetime = field(compare=False)
    """Queries that differ in it only are equal: whichever is asked last answers them all."""
    author_id: Id | None = None
    sees_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFilter:
    """Some of the posts that an audience sees: all of them have this status, and this tag, and this
    author, where one is named.
    """

    audience: Audience
    status: PostStatus = PostStatus.PUBLISHED
    tag: str | None = None
    author_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostQuery:
    """A page of posts: after a position, or with so many passed over."""

    filter: PostFilter
    limit: int
    sort: PostSort = PostSort.NEWEST
    skip: int = 0
    after: Position | None = None
    comments: int = COMMENTS_INSIDE_LISTED


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and on how many posts it is."""

    tag: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TagQuery:
    """A page of the tags of the published posts whose date has come by the moment, in the order of
    their code points, after a tag.
    """

    moment: datetime
    limit: int
    after: str | None = None


def checked_slug(text: str) -> str:
    """The slug as it is kept; Invalid where nothing of it is left, or too much."""
    slug = normalize_slug(text)
    if not slug:
        raise Invalid("slug", "must contain a letter or a digit")
    if len(slug) > MAX_SLUG:
        raise Invalid("slug", f"has more than {MAX_SLUG} characters")
    return slug


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags as they are kept: trimmed, each once, in the order given; Invalid where one is empty."""
    trimmed = tuple(dict.fromkeys(tag.strip() for tag in tags))
    if "" in trimmed:
        raise Invalid("tags", "should not contain an empty tag")
    return trimmed
