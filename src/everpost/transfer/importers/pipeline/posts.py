"""Conversion of posts of other systems."""

from collections.abc import Mapping

from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.domain.posts import Post, PostStatus
from everpost.domain.text import normalize_slug
from everpost.transfer.importers.model import SourcePost
from everpost.transfer.importers.pipeline.import_spool import ImportSpool
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.pipeline.stable_ids import SourceSite


def identity(source: SourcePost, origin: SourceSite) -> Id:
    """The post's id, apart from its date."""
    return source.id or origin.stable_id("post", source.source_id)


def reserve_addresses(source: SourcePost, spool: ImportSpool, origin: SourceSite) -> None:
    """Reserve the slug and the old paths of a post."""
    owner, is_draft = identity(source, origin), source.status is PostStatus.DRAFT
    paths = Normalizer().paths(source.paths)
    if normalize_slug(source.slug or ""):
        slug = Normalizer().slug(source.slug, source.title)
        spool.reserve_slug(slug, owner, is_draft=is_draft, is_path=f"/{slug}" in paths)
    spool.reserve_paths(paths, owner, is_draft=is_draft)


def normalized_post(
    source: SourcePost, changes: Normalizer, origin: SourceSite, authors: Mapping[str, Author]
) -> Post:
    """The post, adapted to Everpost's limits. Each change is added to `changes`."""
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
