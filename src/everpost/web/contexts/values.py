"""The values in the variables of templates. Templates escape texts; `html` is safe."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link with a plain-text label."""

    label: str
    """A plain text."""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed that a page announces with `rel=alternate`."""

    title: str
    url: str
    media_type: str
    """Such as `application/atom+xml`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time in the language and the time zone of the blog, and for programs (`datetime`)."""

    text: str
    """For people, such as "5 March 2026"."""
    iso: str
    """For the attribute `datetime`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The blog."""

    title: str
    description: str
    """Empty if the blog has none."""
    language: str
    """For the attribute `lang`, such as `en`."""
    direction: str
    """`ltr` or `rtl`."""
    home: str
    """The URL of the home page."""
    tags: str
    """The URL of the page with all tags."""
    archive: str
    """The URL of the archive."""
    feeds_page: str
    """The URL of the page that explains feeds."""
    feeds: tuple[Feed, ...]
    """The feeds of the whole blog."""
    stylesheet: str
    """The URL of `blog.css`: that of the theme, or the default one."""
    icon: str
    """The URL of `icon.svg`, likewise."""
    assets: Mapping[str, str]
    """The URL of each static file of the theme, and of the default theme, by its name."""
    navigation: tuple[Link, ...] = ()
    """The links that the owner of the blog has chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The `<head>` of a page."""

    title: str
    """The text of `<title>`."""
    description: str = ""
    """Empty if there is none."""
    canonical: str | None = None
    """An absolute URL; None on pages that should not be linked to."""
    is_indexed: bool = True
    """False: search engines are asked to ignore the page."""
    note: str = ""
    """A sentence to show above the page, for example to say that it is a preview; empty on most pages."""
    newer: str | None = None
    """The URL of the page before this one."""
    older: str | None = None
    """The URL of the page after this one."""
    feeds: tuple[Feed, ...] = ()
    """The feeds of what the page shows, besides those of the whole blog."""
    open_graph: tuple[tuple[str, str], ...] = ()
    """The names and contents of `<meta property>`."""
    structured_data: tuple[Mapping[str, object], ...] = ()
    """JSON-LD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A post in a list."""

    title: str
    url: str
    published: Moment
    author: Link | None
    """None if there is none."""
    excerpt: str
    """A plain text; may be empty."""
    tags: tuple[Link, ...]
    comment_count: int
    comments_url: str
    """The place of the comments on the page of the post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The next steps for the owner of an empty blog."""

    desk: str
    """The URL of the desk."""
    api: str
    """The absolute URL of the HTTP API."""
    documentation: str | None
    """The URL of its documentation; None if it is disabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag, with the number of its posts."""

    label: str
    url: str
    """The page of its posts."""
    count: int
    """The number of its posts."""


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
    """Such as "March 2026"."""
    posts: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A post or a page in full."""

    title: str
    url: str
    html: Markup
    """The content as safe HTML."""
    is_page: bool
    """Whether it is a page, such as "About", rather than a post."""
    published: Moment
    updated: Moment | None
    """None if it has not changed since the day of its publication."""
    author: Link | None
    """None if there is none."""
    tags: tuple[Link, ...]
    reading_minutes: int
    comment_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentView:
    """A comment in a thread, or a tombstone, which has no author and no text."""

    anchor: str
    """The `id` of its element, to which links lead."""
    url: str
    is_tombstone: bool
    author: str
    """The name of the writer."""
    author_url: str | None
    """None for guests."""
    is_by_post_author: bool
    published: Moment
    html: Markup
    """Safe HTML."""
    reply_url: str | None
    """None if nobody can reply."""
    replies: "tuple[CommentView, ...]"
    more_url: str | None
    """The page with more replies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentForm:
    """The form for a comment, with what was typed into it."""

    action: str
    """For the attribute `action`."""
    note: str
    """A sentence about approval, and the formatting that comments may have."""
    name: str = ""
    content: str = ""
    parent_id: str | None = None
    """The comment that is replied to."""
    replies_to: str | None = None
    """The writer of the comment that this is a reply to."""
    cancel_url: str = ""
    """The page without the reply."""
    errors: Mapping[str, str]
    """Messages by field: `name`, `content`, or an empty string for the whole form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """The comments on a post."""

    count: int
    """The number of all comments that are shown, on all pages."""
    comments: tuple[CommentView, ...]
    """Those on this page."""
    next_url: str | None
    """The page with the comments that follow."""
    form: CommentForm | None
    notice: str
    """The reason why there is no form; empty if there is one."""
