"""Posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.paging import Position
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as a store gives it: complete, with the oldest of its comments inside, in order."""

    id: Id
    title: str
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int = 1
    slug: str | None = None
    tags: tuple[str, ...] = ()
    comment_count: int = 0
    comments: tuple[Comment, ...] = ()

    @property
    def position(self) -> Position:
        return Position(self.publication_date, self.id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.updated_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChange:
    """What is to be another value, field by field; None leaves a field as it is."""

    updated_at: datetime
    title: str | None = None
    content: str | None = None
    publication_date: datetime | None = None
    slug: str | None = None
    """The empty text takes the slug away."""
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostQuery:
    """A page of the posts, newest first: after a position, or with so many passed over."""

    limit: int
    skip: int = 0
    after: Position | None = None
    comments: int = COMMENTS_INSIDE_LISTED


def checked_slug(text: str) -> str:
    """The slug as it is kept; Invalid where nothing of it is left, or too much."""
    slug = normalize_slug(text)
    if not slug:
        raise Invalid("slug", "needs a letter or a digit")
    if len(slug) > MAX_SLUG:
        raise Invalid("slug", f"has more than {MAX_SLUG} characters")
    return slug


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags as they are kept: trimmed, each once, in the order given; Invalid where one is empty."""
    trimmed = tuple(dict.fromkeys(tag.strip() for tag in tags))
    if "" in trimmed:
        raise Invalid("tags", "a tag is empty")
    return trimmed
