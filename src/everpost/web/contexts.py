"""The variables of templates, all of which a theme may use. Templates escape texts; `html` is safe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link with a plain-text label."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that a page announces with `rel=alternate`."""

    title: str
    url: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time in the language and the time zone of the blog, and for programs (`datetime`)."""

    text: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The blog."""

    title: str
    description: str
    language: str
    direction: str
    """`ltr` or `rtl`."""
    home: str
    tags: str
    archive: str
    feeds_page: str
    feeds: tuple[Feed, ...]
    stylesheet: str
    icon: str
    navigation: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The `<head>` of a page."""

    title: str
    description: str = ""
    canonical: str | None = None
    """An absolute URL; None on pages that should not be linked to."""
    is_indexed: bool = True
    newer: str | None = None
    older: str | None = None
    feeds: tuple[Feed, ...] = ()
    """The feeds of what the page shows, besides those of the whole blog."""
    open_graph: tuple[tuple[str, str], ...] = ()
    """The names and contents of `<meta property>`."""
    structured_data: tuple[Mapping[str, object], ...] = ()
    """JSON-LD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The variables of every template."""

    template: ClassVar[str]

    site: Site
    meta: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A post in a list."""

    title: str
    url: str
    published: Moment
    author: Link | None
    excerpt: str
    tags: tuple[Link, ...]
    comment_count: int
    comments_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The next steps for the owner of an empty blog."""

    api: str
    """The absolute URL of the HTTP API."""
    documentation: str | None
    """The URL of its documentation; None if it is disabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Context):
    """The newest posts."""

    template: ClassVar[str] = "public/home.html"

    posts: tuple[Summary, ...]
    is_first: bool
    hints: Hints | None
    """None if the blog has posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Context):
    """The posts with a tag, or by an author."""

    template: ClassVar[str] = "public/list.html"

    kind: str
    """`tag` or `author`."""
    heading: str
    posts: tuple[Summary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag, with the number of its posts."""

    label: str
    url: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsPage(Context):
    """All tags."""

    template: ClassVar[str] = "public/tags.html"

    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post in the archive; `published` has no year."""

    title: str
    url: str
    published: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The posts of a month."""

    label: str
    posts: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage(Context):
    """All posts, by month."""

    template: ClassVar[str] = "public/archive.html"

    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A post or a page in full."""

    title: str
    url: str
    html: Markup
    is_page: bool
    published: Moment
    updated: Moment | None
    """None if it has not changed since the day of its publication."""
    author: Link | None
    tags: tuple[Link, ...]
    reading_minutes: int
    comment_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentView:
    """A comment in a thread, or a tombstone, which has no author and no text."""

    anchor: str
    url: str
    is_tombstone: bool
    author: str
    author_url: str | None
    is_by_post_author: bool
    published: Moment
    html: Markup
    reply_url: str | None
    """None if nobody can reply."""
    replies: "tuple[CommentView, ...]"
    more_url: str | None
    """The page with more replies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentForm:
    """The form for a comment, with what was typed into it."""

    action: str
    note: str
    name: str = ""
    content: str = ""
    parent_id: str | None = None
    replies_to: str | None = None
    """The writer of the comment that this is a reply to."""
    cancel_url: str = ""
    errors: Mapping[str, str]
    """Messages by field: `name`, `content`, or an empty string for the whole form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """The comments on a post."""

    count: int
    comments: tuple[CommentView, ...]
    next_url: str | None
    """The page with the comments that follow."""
    form: CommentForm | None
    notice: str
    """The reason why there is no form; empty if there is one."""


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
    first_url: str
    """The beginning of the comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPage(Context):
    """A comment that its writer has just sent, and may edit for a while."""

    template: ClassVar[str] = "public/sent.html"

    heading: str
    post: Link
    comment: CommentView
    status: str
    """`approved`, `pending` or `removed`."""
    is_saved: bool
    """Whether it was just edited."""
    minutes_left: int
    """Minutes for which it can still be edited; 0 if it can no longer be edited."""
    action: str
    content: str
    errors: Mapping[str, str]


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
    heading: str
    message: str
