"""Posts as templates show them."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from everpost.domain.people.users import Author
from everpost.domain.posts import Post, PostKind
from everpost.markup.results import RenderedPost
from everpost.web.contexts import Article, Entry, Link, Month, Summary
from everpost.web.rendering import safe_html
from everpost.web.site import Presentation
from everpost.web.titles import title_of
from everpost.web.urls import Urls

_UNCHANGED = timedelta(days=1)
"""A later change is worth mentioning."""


async def summaries(posts: Sequence[Post], shown: Presentation) -> tuple[Summary, ...]:
    """The posts as lists show them."""
    rendered = await shown.renderer.posts(posts)
    return tuple(_summary(post, each, shown) for post, each in zip(posts, rendered, strict=True))


def _summary(post: Post, rendered: RenderedPost, shown: Presentation) -> Summary:
    urls = shown.urls
    return Summary(
        title=title_of(post, shown.language),
        url=urls.post(post),
        published=shown.day(post.publication_date),
        author=author_link(post.author, urls),
        excerpt=post.summary or rendered.excerpt,
        tags=_tag_links(post, urls),
        comment_count=post.comment_count,
        comments_url=f"{urls.post(post)}#comments",
    )


def article(post: Post, rendered: RenderedPost, shown: Presentation) -> Article:
    """The post in full."""
    urls = shown.urls
    is_changed = post.updated_at - post.publication_date > _UNCHANGED
    return Article(
        title=title_of(post, shown.language),
        url=urls.post(post),
        html=safe_html(rendered),
        is_page=post.kind is PostKind.PAGE,
        published=shown.day(post.publication_date),
        updated=shown.day(post.updated_at) if is_changed else None,
        author=author_link(post.author, urls),
        tags=_tag_links(post, urls),
        reading_minutes=rendered.reading_minutes,
        comment_count=post.comment_count,
    )


def months(posts: Sequence[Post], shown: Presentation) -> tuple[Month, ...]:
    """The posts, grouped by month."""
    grouped = groupby(posts, key=lambda post: shown.month(post.publication_date))
    return tuple(
        Month(label=label, posts=tuple(_entry(post, shown) for post in rows)) for label, rows in grouped
    )


def _entry(post: Post, shown: Presentation) -> Entry:
    published = shown.short_day(post.publication_date)
    return Entry(title=title_of(post, shown.language), url=shown.urls.post(post), published=published)


def author_link(author: Author | None, urls: Urls) -> Link | None:
    """A link to the author; None if the author is unknown or disabled."""
    if author is None or author.is_disabled:
        return None
    return Link(label=author.name, url=urls.author(author.id))


def _tag_links(post: Post, urls: Urls) -> tuple[Link, ...]:
    return tuple(Link(label=tag, url=urls.tag(tag)) for tag in post.tags)
