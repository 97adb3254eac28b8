"""Posts and comments as entries of feeds."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urljoin

from everpost.domain.comments import Comment
from everpost.domain.people.users import Author
from everpost.domain.posts import Post
from everpost.web.feeds.document import Entry, Person
from everpost.web.feeds.ids import comment_urn, post_urn
from everpost.web.site import Presentation
from everpost.web.titles import title_of
from everpost.web.urls import Urls
from everpost.web.views.comments import writer_of


async def post_entries(posts: Sequence[Post], shown: Presentation) -> tuple[Entry, ...]:
    """The posts in full."""
    return tuple(await asyncio.gather(*(_post_entry(post, shown) for post in posts)))


async def _post_entry(post: Post, shown: Presentation) -> Entry:
    url = shown.urls.absolute(shown.urls.post(post))
    rendered = await shown.renderer.post(post, base_url=url)
    return Entry(
        id=post_urn(post),
        url=url,
        title=title_of(post, shown.language),
        published=post.publication_date,
        updated=max(post.updated_at, post.publication_date),
        author=_person(post.author, shown.urls),
        html=rendered.html,
        summary=post.summary or rendered.excerpt,
        tags=post.tags,
        image=None if rendered.image is None else urljoin(url, rendered.image),
        comments_url=f"{url}#comments",
    )


async def comment_entries(
    commented: Sequence[tuple[Comment, Post]], shown: Presentation
) -> tuple[Entry, ...]:
    """The comments, each with its post."""
    return tuple(await asyncio.gather(*(_comment_entry(*each, shown) for each in commented)))


async def _comment_entry(comment: Comment, post: Post, shown: Presentation) -> Entry:
    urls = shown.urls
    url = urls.absolute(urls.comment(post, comment.id))
    rendered = await shown.renderer.comment(comment.content, base_url=url)
    writer, title = writer_of(comment, shown.language), title_of(post, shown.language)
    return Entry(
        id=comment_urn(comment),
        url=url,
        title=shown.text("%(writer)s on %(title)s", writer=writer, title=title),
        published=comment.publication_date,
        updated=max(comment.updated_at, comment.publication_date),
        author=_person(comment.author, urls) or Person(name=writer),
        html=rendered.html,
        summary=rendered.excerpt,
    )


def _person(author: Author | None, urls: Urls) -> Person | None:
    """The author as a person; None if the author is unknown or disabled."""
    if author is None or author.is_disabled:
        return None
    return Person(name=author.name, url=urls.absolute(urls.author(author.id)))
