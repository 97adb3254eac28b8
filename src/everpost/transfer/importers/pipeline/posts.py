"""Conversion of posts of other systems."""

from collections.abc import Mapping

from everpost.domain.people.users import Author
from everpost.domain.posts import Post
from everpost.transfer.importers.model import SourcePost
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.pipeline.stable_ids import SourceSite


def normalized_post(
    source: SourcePost, changes: Normalizer, origin: SourceSite, authors: Mapping[str, Author]
) -> Post:
    """The post within Everpost's limits. Each change is added to `changes`."""
    published = changes.date(source.publication_date)
    title = changes.title(source.title)
    return Post(
        id=source.id or origin.stable_id("post", source.source_id, published),
        title=title,
        content=changes.content(source.content, source.format),
        format=source.format,
        status=source.status,
        kind=source.kind,
        summary=changes.summary(source.summary),
        paths=changes.paths(source.paths),
        publication_date=published,
        updated_at=published if source.updated_at is None else changes.date(source.updated_at),
        slug=changes.slug(source.slug, title),
        tags=changes.tags(source.tags),
        author=authors.get(source.author_id or ""),
        comment_policy=source.comment_policy,
    )
