"""Maps documents of removed comments to domain values, and domain values to documents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict, cast

from bson import ObjectId

from everpost.domain.comments import CommentStatus
from everpost.domain.ids import Id
from everpost.domain.trash.removed_comments import Removal, RemovedComment
from everpost.stores.mongo.model.documents import CommentDocument

_DERIVED = ("depth", "reply_count", "shown", "stamp")
"""The fields of a comment that a restored comment gets again."""
_IDS = ("parent_id", "author_id", "editor_id", "removed_by_id")


class RemovedCommentDocument(TypedDict):
    """A comment as it was before it was removed."""

    _id: ObjectId
    post_id: ObjectId
    parent_id: NotRequired[ObjectId]
    content: str
    publication_date: datetime
    updated_at: datetime
    version: int
    status: str
    author_id: NotRequired[ObjectId]
    guest_name: NotRequired[str]
    key_digest: NotRequired[str]
    editor_id: NotRequired[ObjectId]
    edited_at: NotRequired[datetime]
    removed_at: datetime
    removed_by_id: NotRequired[ObjectId]


def kept_document(comment: CommentDocument, removal: Removal) -> RemovedCommentDocument:
    """The document that keeps a comment which is removed."""
    kept: dict[str, Any] = {name: value for name, value in comment.items() if name not in _DERIVED}
    kept["removed_at"] = removal.removed_at
    if removal.removed_by_id is not None:
        kept["removed_by_id"] = ObjectId(removal.removed_by_id)
    return cast("RemovedCommentDocument", kept)


def removed_comment_document(comment: RemovedComment) -> RemovedCommentDocument:
    """The document of a removed comment."""
    optional: dict[str, Any] = {name: getattr(comment, name) for name in _IDS}
    given: dict[str, Any] = {name: ObjectId(value) for name, value in optional.items() if value is not None}
    others = {name: getattr(comment, name) for name in ("guest_name", "key_digest", "edited_at")}
    given |= {name: value for name, value in others.items() if value is not None}
    document: RemovedCommentDocument = {
        "_id": ObjectId(comment.id),
        "post_id": ObjectId(comment.post_id),
        "content": comment.content,
        "publication_date": comment.publication_date,
        "updated_at": comment.updated_at,
        "version": comment.version,
        "status": comment.status.value,
        "removed_at": comment.removed_at,
    }
    return cast("RemovedCommentDocument", document | given)


def read_removed_comment(document: Mapping[str, Any]) -> RemovedComment:
    """The removed comment in a document."""
    ids = {name: Id(str(document[name])) if name in document else None for name in _IDS}
    return RemovedComment(
        id=Id(str(document["_id"])),
        post_id=Id(str(document["post_id"])),
        content=document["content"],
        publication_date=document["publication_date"],
        updated_at=document["updated_at"],
        version=document["version"],
        status=CommentStatus(document["status"]),
        guest_name=document.get("guest_name"),
        key_digest=document.get("key_digest"),
        edited_at=document.get("edited_at"),
        removed_at=document["removed_at"],
        **ids,
    )
