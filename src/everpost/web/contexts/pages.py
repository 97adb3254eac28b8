"""The variables of each template."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from everpost.web.contexts.values import (
    Article,
    CommentForm,
    CommentView,
    Discussion,
    Hints,
    Link,
    Metadata,
    Month,
    Site,
    Summary,
    Tag,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The variables of every template."""

    template: ClassVar[str]

    site: Site
    meta: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Context):
    """The newest posts."""

    template: ClassVar[str] = "public/home.html"

    posts: tuple[Summary, ...]
    is_first: bool
    """Whether the page has the newest posts."""
    hints: Hints | None
    """None: the blog has posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Context):
    """The posts with a tag, or by an author."""

    template: ClassVar[str] = "public/list.html"

    kind: str
    """`tag` or `author`."""
    heading: str
    """The tag, or the name of the author."""
    posts: tuple[Summary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsPage(Context):
    """All tags."""

    template: ClassVar[str] = "public/tags.html"

    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage(Context):
    """All posts, by month."""

    template: ClassVar[str] = "public/archive.html"

    months: tuple[Month, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage(Context):
    """A post or a page, with its comments."""

    template: ClassVar[str] = "public/post.html"

    post: Article
    discussion: Discussion


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage(Context):
    """More comments on a post."""

    template: ClassVar[str] = "public/thread.html"

    post: Link
    discussion: Discussion
    """Without a form."""
    first_url: str
    """The beginning of the comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPage(Context):
    """A comment that its writer has just sent, and may edit for a while."""

    template: ClassVar[str] = "public/sent.html"

    heading: str
    """A sentence about the state of the comment."""
    post: Link
    comment: CommentView
    status: str
    """`approved`, `pending` or `removed`."""
    is_saved: bool
    """Whether it was just edited."""
    minutes_left: int
    """The time for which it can be edited; 0: not any more."""
    action: str
    """For the attribute `action` of the form."""
    content: str
    """The text in the form."""
    errors: Mapping[str, str]
    """By field: `content`, or an empty text for the whole form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsPage(Context):
    """The addresses of the feeds of all posts and of all comments; the labels are the formats."""

    template: ClassVar[str] = "public/feeds.html"

    posts: tuple[Link, ...]
    comments: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Context):
    """An error, such as a missing page."""

    template: ClassVar[str] = "public/error.html"

    status: int
    """Such as 404."""
    heading: str
    message: str
    """Advice for the reader."""
    unsent: CommentForm | None = None
    """The form with a comment that could not be saved, so that its text is not lost."""
