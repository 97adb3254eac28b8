"""The bodies of calls that write posts, as values of the services."""

from everpost.api.schemas.posts import PostCreate, PostUpdate
from everpost.domain.clock import now
from everpost.domain.posts import PostChange
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.services.posts import PostDraft


def draft_of(body: PostCreate, *, saved_copy: SavedCopy | None = None) -> PostDraft:
    """The new post, saved from this working copy if one is given."""
    return PostDraft(
        title=body["title"],
        content=body["content"],
        id=body.get("id"),
        publication_date=body.get("publication_date"),
        slug=body.get("slug"),
        tags=tuple(body["tags"]) if "tags" in body else None,
        format=body.get("format"),
        status=body.get("status"),
        kind=body.get("kind"),
        summary=body.get("summary"),
        paths=tuple(body["paths"]) if "paths" in body else None,
        cover=body.get("cover") or None,
        author_id=body.get("author_id"),
        comment_policy=body.get("comment_policy"),
        saved_copy=saved_copy,
    )


def change_of(body: PostUpdate, *, saved_copy: SavedCopy | None = None) -> PostChange:
    """The new values of the fields that are in the body, saved from this working copy if one is given."""
    policy, slug = body.get("comment_policy"), body.get("slug")
    return PostChange(
        updated_at=now(),
        title=body.get("title"),
        content=body.get("content"),
        publication_date=body.get("publication_date"),
        slug="" if "slug" in body and slug is None else slug,
        tags=tuple(body["tags"]) if "tags" in body else None,
        format=body.get("format"),
        status=body.get("status"),
        kind=body.get("kind"),
        summary=(body["summary"] or "") if "summary" in body else None,
        paths=tuple(body["paths"]) if "paths" in body else None,
        cover=(body["cover"] or "") if "cover" in body else None,
        author_id=body.get("author_id"),
        comment_policy="inherit" if "comment_policy" in body and policy is None else policy,
        saved_copy=saved_copy,
    )
