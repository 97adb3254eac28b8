"""The metadata of pages, for search engines and link previews.

https://ogp.me, https://schema.org/BlogPosting, https://schema.org/BreadcrumbList
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urljoin

from everpost.api.schemas.text import format_timestamp
from everpost.domain.comments import Comment
from everpost.domain.posts import Post, PostKind
from everpost.markup.results import RenderedPost
from everpost.web.contexts import Feed, Metadata
from everpost.web.feeds.alternates import feeds_of
from everpost.web.site import Presentation
from everpost.web.titles import title_of
from everpost.web.views.comments import is_visible, writer_of

_COMMENTS = 20
"""The maximum number of comments in the structured data of a post."""
_SCHEMA = "https://schema.org"

Thing = Mapping[str, object]


def list_metadata(
    shown: Presentation,
    heading: str,
    path: str,
    *,
    newer: str | None = None,
    older: str | None = None,
    is_indexed: bool = True,
    description: str = "",
    feeds: tuple[Feed, ...] = (),
) -> Metadata:
    """The metadata of a list of posts at this path. An empty heading: the home page."""
    title = _title(shown, heading)
    url = shown.urls.absolute(path)
    return Metadata(
        title=title,
        description=description or shown.site.description,
        canonical=url,
        newer=newer,
        older=older,
        is_indexed=is_indexed,
        feeds=feeds,
        open_graph=_open_graph(shown, "website", heading or shown.site.title, url, description),
        structured_data=(_breadcrumbs(shown, heading, url),) if heading else (_website(shown),),
    )


def post_metadata(
    shown: Presentation, post: Post, rendered: RenderedPost, comments: Sequence[Comment]
) -> Metadata:
    """The metadata of a post with these comments."""
    url = shown.urls.absolute(shown.urls.post(post))
    title, description = title_of(post, shown.language), post.summary or rendered.excerpt
    article = [
        ("article:published_time", format_timestamp(post.publication_date)),
        ("article:modified_time", format_timestamp(post.updated_at)),
        *(("article:tag", tag) for tag in post.tags),
    ]
    image = [] if rendered.image is None else [("og:image", urljoin(url, rendered.image))]
    return Metadata(
        title=_title(shown, title),
        description=description,
        canonical=url,
        feeds=_feeds_of(shown, post),
        open_graph=(*_open_graph(shown, "article", title, url, description), *image, *article),
        structured_data=(
            _posting(shown, post, rendered, comments, url),
            _breadcrumbs(shown, title, url),
        ),
    )


def _feeds_of(shown: Presentation, post: Post) -> tuple[Feed, ...]:
    """The feeds of the comments. Pages have none."""
    if post.kind is PostKind.PAGE:
        return ()
    return feeds_of(shown.urls.comments_of(post), comments_title(shown, post))


def comments_title(shown: Presentation, post: Post) -> str:
    """The title of the comments on a post."""
    return shown.text("Comments on %(title)s", title=title_of(post, shown.language))


def private_metadata(shown: Presentation, heading: str, *, note: str = "") -> Metadata:
    """The metadata of a page that should not be indexed or linked to."""
    return Metadata(title=_title(shown, heading), is_indexed=False, note=note)


def _title(shown: Presentation, heading: str) -> str:
    return f"{heading} · {shown.site.title}" if heading else shown.site.title


def _open_graph(
    shown: Presentation, kind: str, title: str, url: str, description: str
) -> tuple[tuple[str, str], ...]:
    facts = {
        "og:type": kind,
        "og:site_name": shown.site.title,
        "og:title": title,
        "og:description": description or shown.site.description,
        "og:url": url,
        "og:locale": shown.site.language.replace("-", "_"),
    }
    return tuple((name, content) for name, content in facts.items() if content)


def _website(shown: Presentation) -> Thing:
    return {
        "@context": _SCHEMA,
        "@type": "Blog",
        "name": shown.site.title,
        "url": shown.urls.absolute(shown.urls.home),
        "inLanguage": shown.site.language,
        **({"description": shown.site.description} if shown.site.description else {}),
    }


def _breadcrumbs(shown: Presentation, heading: str, url: str) -> Thing:
    steps = ((shown.site.title, shown.urls.absolute(shown.urls.home)), (heading, url))
    return {
        "@context": _SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": item}
            for position, (name, item) in enumerate(steps, 1)
        ],
    }


def _posting(
    shown: Presentation, post: Post, rendered: RenderedPost, comments: Sequence[Comment], url: str
) -> Thing:
    author = None if post.author is None or post.author.is_disabled else post.author
    facts: dict[str, object] = {
        "@context": _SCHEMA,
        "@type": "BlogPosting",
        "headline": title_of(post, shown.language),
        "description": post.summary or rendered.excerpt,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": format_timestamp(post.publication_date),
        "dateModified": format_timestamp(post.updated_at),
        "inLanguage": shown.site.language,
        "commentCount": post.comment_count,
        "comment": [_comment(shown, post, each) for each in comments if is_visible(each)][:_COMMENTS],
    }
    if author is not None:
        address = shown.urls.absolute(shown.urls.author(author.id))
        facts["author"] = {"@type": "Person", "name": author.name, "url": address}
    if post.tags:
        facts["keywords"] = list(post.tags)
    if rendered.image is not None:
        facts["image"] = urljoin(url, rendered.image)
    return facts


def _comment(shown: Presentation, post: Post, comment: Comment) -> Thing:
    return {
        "@type": "Comment",
        "url": shown.urls.absolute(shown.urls.comment(post, comment.id)),
        "text": comment.content,
        "datePublished": format_timestamp(comment.publication_date),
        "author": {"@type": "Person", "name": writer_of(comment, shown.language)},
    }
