"""Converts working copies to documents, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.people.users import Author
from everpost.domain.posts import PostStatus
from everpost.domain.revisions import Revision, new_stamp
from everpost.domain.writing.saved_copies import working_copy_id
from everpost.domain.writing.working_copies import (
    PostBase,
    PostState,
    PostText,
    WorkingCopy,
    WorkingCopyChange,
    WorkingCopyState,
)

STATE = {"post_id": 1, "text.title": 1, "base.updated_at": 1, "updated_at": 1, "version": 1, "stamp": 1}
"""The projection for the state of a working copy."""
POST_STATE = {"author_id": 1, "status": 1, "publication_date": 1, "updated_at": 1}
"""The projection for the state of a post."""


class BaseEntry(TypedDict):
    """The base of a working copy, nested in it."""

    etag: str
    updated_at: datetime
    text: dict[str, str]


class WorkingCopyDocument(TypedDict):
    """A working copy. If it was read with a projection, it has only those fields."""

    _id: str
    user_id: ObjectId
    post_id: ObjectId
    text: dict[str, str]
    base: NotRequired[BaseEntry]
    updated_at: datetime
    version: int
    stamp: int


def read_working_copy(document: Mapping[str, Any]) -> WorkingCopy:
    """The working copy in a document."""
    base = document.get("base")
    return WorkingCopy(
        user_id=Id(str(document["user_id"])),
        post_id=Id(str(document["post_id"])),
        text=PostText(**document["text"]),
        base=None
        if base is None
        else PostBase(etag=base["etag"], updated_at=base["updated_at"], text=PostText(**base["text"])),
        updated_at=document["updated_at"],
        version=document["version"],
        stamp=document["stamp"],
    )


def read_working_copy_state(document: WorkingCopyDocument, post: PostState | None) -> WorkingCopyState:
    """The state of the working copy in a document, with that of its post."""
    base = document.get("base")
    return WorkingCopyState(
        post_id=Id(str(document["post_id"])),
        title=document["text"].get("title"),
        base_updated_at=None if base is None else base["updated_at"],
        updated_at=document["updated_at"],
        revision=Revision(document["version"], document["stamp"]),
        post=post,
    )


def read_post_state(document: Mapping[str, Any], author_id: ObjectId | None) -> PostState:
    """The state of the post in a document, with this author."""
    return PostState(
        author=None if author_id is None else Author(id=Id(str(author_id)), name=""),
        status=PostStatus(document["status"]),
        publication_date=document["publication_date"],
        updated_at=document["updated_at"],
    )


def working_copy_document(copy: WorkingCopy) -> WorkingCopyDocument:
    """The document of a working copy, with a new stamp."""
    document: WorkingCopyDocument = {
        "_id": working_copy_id(copy.user_id, copy.post_id),
        "user_id": ObjectId(copy.user_id),
        "post_id": ObjectId(copy.post_id),
        "text": dict(copy.text.given()),
        "updated_at": copy.updated_at,
        "version": copy.version,
        "stamp": new_stamp(),
    }
    if copy.base is not None:
        document["base"] = _base_entry(copy.base)
    return document


def new_working_copy(change: WorkingCopyChange) -> WorkingCopyDocument:
    """The document of a new working copy."""
    return working_copy_document(
        WorkingCopy(
            user_id=change.user_id,
            post_id=change.post_id,
            text=change.text,
            base=change.base,
            updated_at=change.updated_at,
        )
    )


def working_copy_update(change: WorkingCopyChange) -> dict[str, Any]:
    """The update of an existing working copy."""
    values: dict[str, object] = {
        "text": dict(change.text.given()),
        "updated_at": change.updated_at,
        "stamp": new_stamp(),
    }
    update: dict[str, Any] = {"$inc": {"version": 1}, "$set": values}
    if change.base is not None:
        values["base"] = _base_entry(change.base)
    elif not change.keeps_base:
        update["$unset"] = {"base": ""}
    return update


def _base_entry(base: PostBase) -> BaseEntry:
    return {"etag": base.etag, "updated_at": base.updated_at, "text": dict(base.text.given())}
