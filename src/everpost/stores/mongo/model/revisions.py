"""Converts past states of posts to documents, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict, cast

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.posts import PostFormat
from everpost.domain.writing.history import PostRevision, revision_id
from everpost.stores.mongo.model.documents import PostDocument

_COPIED = ("title", "content", "format", "summary", "tags", "cover", "author_id", "edited_by_id")


class RevisionDocument(TypedDict):
    """A past state of a post. `_id` begins with the id of the post."""

    _id: str
    post_id: ObjectId
    number: int
    title: str
    content: str
    format: str
    summary: NotRequired[str]
    tags: list[str]
    cover: NotRequired[str]
    is_published: bool
    author_id: NotRequired[ObjectId]
    edited_by_id: NotRequired[ObjectId]
    saved_at: datetime


def revision_document(revision: PostRevision) -> RevisionDocument:
    """The document of a revision."""
    document: RevisionDocument = {
        "_id": revision.id,
        "post_id": ObjectId(revision.post_id),
        "number": revision.number,
        "title": revision.title,
        "content": revision.content,
        "format": revision.format.value,
        "tags": list(revision.tags),
        "is_published": revision.is_published,
        "saved_at": revision.saved_at,
    }
    if revision.summary is not None:
        document["summary"] = revision.summary
    if revision.cover is not None:
        document["cover"] = revision.cover
    if revision.author_id is not None:
        document["author_id"] = ObjectId(revision.author_id)
    if revision.edited_by_id is not None:
        document["edited_by_id"] = ObjectId(revision.edited_by_id)
    return document


def state_document(post: PostDocument) -> RevisionDocument:
    """The document of the current state of a post, to be kept."""
    number, status = post["revision_number"], post["status"]
    copied = {name: post[name] for name in _COPIED if name in post}  # type: ignore[literal-required]
    kept: dict[str, Any] = {
        **copied,
        "_id": revision_id(Id(str(post["_id"])), number),
        "post_id": post["_id"],
        "number": number,
        "is_published": status == "published",
        "saved_at": post["updated_at"],
    }
    return cast("RevisionDocument", kept)


def read_revision(document: Mapping[str, Any]) -> PostRevision:
    """The revision in a document; without its content if that was not read."""
    author_id, editor_id = document.get("author_id"), document.get("edited_by_id")
    return PostRevision(
        post_id=Id(str(document["post_id"])),
        number=document["number"],
        title=document["title"],
        content=document.get("content", ""),
        format=PostFormat(document["format"]),
        summary=document.get("summary"),
        tags=tuple(document["tags"]),
        cover=document.get("cover"),
        is_published=document["is_published"],
        author_id=None if author_id is None else Id(str(author_id)),
        edited_by_id=None if editor_id is None else Id(str(editor_id)),
        saved_at=document["saved_at"],
    )
