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
from everpost.domain.reserved import is_reserved
from everpost.domain.revisions import Revision
from everpost.domain.text import normalize_slug
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Invalid

MAX_TITLE = 255
MAX_SUMMARY = 500
MAX_CONTENT = 1_000_000
MAX_SLUG = 255
MAX_TAGS = 20
MAX_TAG = 50
UNADDRESSABLE_TAGS = frozenset({".", ".."})
"""Browsers remove these segments from a path, however they are encoded."""
MAX_PATHS = 20
MAX_PATH = 500
MAX_COVER = 2_000
MAX_PREVIEW_NONCE = 2**53 - 1
"""The minimum is 1. Every JSON parser represents integers up to this one exactly."""
COMMENTS_INSIDE = 100
"""Maximum number of comments that a post contains."""
COMMENTS_INSIDE_LISTED = 10
"""Maximum number of comments that each post of a list contains."""


class PostStatus(StrEnum):
    """A published post is public from its publication date on; drafts and posts in the trash are not."""

    DRAFT = "draft"
    PUBLISHED = "published"
    TRASHED = "trashed"


class PostKind(StrEnum):
    """A post is part of lists, tags and feeds; a page, such as "About", is not."""

    POST = "post"
    PAGE = "page"


class PostFormat(StrEnum):
    """The markup language of a post's content, which is stored as sent."""

    MARKDOWN = "markdown"
    HTML = "html"


class PostSort(StrEnum):
    """The order of a list: the date to sort by, with a minus for latest first. Ties are broken by id, in the
    same direction.
    """

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
    """A post as a store returns it: complete, with the oldest of its shown comments, in order."""

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
    kind: PostKind = PostKind.POST
    summary: str | None = None
    paths: tuple[str, ...] = ()
    """Old paths that redirect to it, oldest first; no other post has them."""
    cover: str | None = None
    """The path of a file of this blog (`MediaFile.path`), or an absolute URL."""
    trashed_at: datetime | None = None
    """When it was moved to the trash; None if it is not there."""
    former_status: PostStatus | None = None
    """The status to which it is restored from the trash."""
    author: Author | None = None
    comment_policy: CommentPolicy | None = None
    """None: the policy of the blog."""
    comment_count: int = 0
    """The number of its approved comments."""
    comments: tuple[Comment, ...] = ()
    preview_nonce: int | None = field(default=None, repr=False)
    """Only in records: the number that the signatures of its preview links contain; None: it has no links."""
    revision_number: int = field(default=1, repr=False)
    """Only in records, as the next two: the number of its current state in its history."""
    edited_by_id: Id | None = field(default=None, repr=False)
    """The user who saved this state, who may have been removed since; None: unknown."""
    edit_began_at: datetime | None = field(default=None, repr=False)
    """When the group of edits began that led to this state; None: the next edit begins a new group."""
    stamp: int = field(default=0, compare=False, repr=False)
    """A random number, which the store renews with each version and does not copy to other databases. 0: the
    value is not from a store.
    """
    names_stamp: int = field(default=0, compare=False, repr=False)
    """A random number for the settings of the blog and the names of its users, which the store renews with
    each change of them: two values with the same number were read between the same two changes. 0: unknown.
    """

    def position(self, sort: PostSort = PostSort.NEWEST) -> Position:
        """Its position in a list with this order."""
        return Position(self.updated_at if sort.by_update else self.publication_date, self.id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)


class PostKey(StrEnum):
    """A field other than the id by which a post can be found. `PATH` is one of its old paths."""

    SLUG = "slug"
    PATH = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChange:
    """The new values of a post's fields; None leaves a field unchanged."""

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
    kind: PostKind | None = None
    summary: str | None = None
    """An empty string removes the summary."""
    paths: tuple[str, ...] | None = None
    cover: str | None = None
    """An empty string removes the cover."""
    author_id: Id | None = None
    comment_policy: CommentPolicy | Literal["inherit"] | None = None
    """"inherit": use the policy of the blog from now on."""
    saved_copy: SavedCopy | None = field(default=None, compare=False)
    editor_id: Id | None = field(default=None, compare=False)
    """The user who makes the change; None: unknown."""
    begins_revision: bool = field(default=False, compare=False)
    """Whether the previous state is kept as a revision even if the change continues a group of edits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The reader of a list, who sees the posts that are public at this time, and all posts by `author_id`; or
    every post, with `sees_all`.
    """

    moment: datetime = field(compare=False)
    """Ignored in comparisons: the latest of several queries that differ only in it answers all of them."""
    author_id: Id | None = None
    sees_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFilter:
    """The posts that an audience sees and that have this status, this kind and, if given, this tag and this
    author.
    """

    audience: Audience
    status: PostStatus = PostStatus.PUBLISHED
    kind: PostKind = PostKind.POST
    tag: str | None = None
    author_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostQuery:
    """A page of posts, after a position or after skipping a number of posts."""

    filter: PostFilter
    limit: int
    sort: PostSort = PostSort.NEWEST
    skip: int = 0
    after: Position | None = None
    updated_until: datetime | None = None
    """Only posts that were last updated by this time. Requires a sort order by update."""
    comments: int = COMMENTS_INSIDE_LISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLocation:
    """A post without its content: its title, the facts that its path depends on, and when it was updated."""

    id: Id
    title: str
    slug: str
    kind: PostKind
    publication_date: datetime
    updated_at: datetime

    def position(self) -> Position:
        """Its position in a list by publication date."""
        return Position(self.publication_date, self.id)


@dataclass(frozen=True, slots=True)
class Updates:
    """A summary of the published posts that differs after one is added, updated or removed. It cannot tell
    whether a post was updated twice in the same millisecond.
    """

    count: int
    checksum: int
    """A sum of all times of updates. Each store computes it in its own way."""
    latest: datetime | None
    """None: there are no posts."""


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and the number of posts that have it."""

    tag: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TagQuery:
    """Some tags of posts (not of pages) that are public at this time, in the order of their code points,
    after a tag.
    """

    moment: datetime
    limit: int
    after: str | None = None


def checked_slug(text: str) -> str:
    """The slug in its stored form. Raises Invalid if it is empty, too long or reserved."""
    slug = normalize_slug(text)
    if not slug:
        raise Invalid("slug", "should contain a letter or a digit")
    if len(slug) > MAX_SLUG:
        raise Invalid("slug", f"has more than {MAX_SLUG} characters")
    if is_reserved(slug):
        raise Invalid("slug", f"{slug!r} is reserved: Everpost uses it for its own pages")
    return slug


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags in their stored form: trimmed, without duplicates, in the given order. Raises Invalid if one
    is empty or has no address.
    """
    trimmed = tuple(dict.fromkeys(tag.strip() for tag in tags))
    if "" in trimmed:
        raise Invalid("tags", "should not contain an empty tag")
    if not UNADDRESSABLE_TAGS.isdisjoint(trimmed):
        raise Invalid("tags", "should not contain a tag that is only '.' or '..'")
    return trimmed
