"""Maps documents of uploaded files to domain values, and domain values to documents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict, cast

from bson import ObjectId

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.media.files import MediaChange, MediaFile, MediaUse
from everpost.domain.media.types import MediaType
from everpost.domain.people.users import Author
from everpost.domain.revisions import new_stamp


class MediaDocument(TypedDict):
    """The facts about an uploaded file."""

    _id: ObjectId
    digest: str
    name: str
    type: str
    size: int
    width: NotRequired[int]
    height: NotRequired[int]
    is_animated: bool
    alt: str
    focus_x: NotRequired[int]
    focus_y: NotRequired[int]
    author_id: NotRequired[ObjectId]
    created_at: datetime
    updated_at: datetime
    version: int
    stamp: int
    released_at: NotRequired[datetime]
    """Since when no post has used it, or it has been here; absent while one uses it. It never leaves the
    database.
    """
    use_stamp: NotRequired[int]
    """Renewed by each transaction in which a post begins or ceases to use the file, so that it conflicts with
    others, and with the removal of the file.
    """


class BytesDocument(TypedDict):
    """The bytes of a key. It has the key from when all chunks are there until it is dropped, before the first
    one is deleted.
    """

    _id: ObjectId
    key: NotRequired[str]
    size: int
    stored_at: datetime
    dropped: NotRequired[bool]


class ChunkDocument(TypedDict):
    """A part of some bytes."""

    _id: NotRequired[ObjectId]
    bytes_id: ObjectId
    number: int
    data: bytes


def media_document(file: MediaFile) -> MediaDocument:
    """The document of a file that no post uses yet."""
    document: MediaDocument = {
        "_id": ObjectId(file.id),
        "digest": file.digest,
        "name": file.name,
        "type": file.type.value,
        "size": file.size,
        "is_animated": file.is_animated,
        "alt": file.alt,
        "created_at": file.created_at,
        "updated_at": file.updated_at,
        "version": file.version,
        "stamp": new_stamp(),
        "released_at": now(),
    }
    optional = {
        "width": file.width,
        "height": file.height,
        "focus_x": file.focus_x,
        "focus_y": file.focus_y,
        "author_id": None if file.author is None else ObjectId(file.author.id),
    }
    given = {name: value for name, value in optional.items() if value is not None}
    return cast("MediaDocument", document | given)


def read_media(document: Mapping[str, Any]) -> MediaFile:
    """The file in a document. The name of its author is empty."""
    author_id = document.get("author_id")
    return MediaFile(
        digest=document["digest"],
        name=document["name"],
        type=MediaType(document["type"]),
        size=document["size"],
        width=document.get("width"),
        height=document.get("height"),
        is_animated=document["is_animated"],
        alt=document["alt"],
        focus_x=document.get("focus_x"),
        focus_y=document.get("focus_y"),
        author=None if author_id is None else Author(id=Id(str(author_id)), name=""),
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        version=document["version"],
        stamp=document["stamp"],
    )


def read_use(document: Mapping[str, Any]) -> MediaUse:
    """The post in a document that uses a file."""
    return MediaUse(post_id=Id(str(document["_id"])), title=document["title"], slug=document["slug"])


def media_update(change: MediaChange) -> Mapping[str, Any]:
    """The update that makes this change, and increments the version."""
    values: dict[str, object] = {"updated_at": change.updated_at, "stamp": new_stamp()}
    if change.name is not None:
        values["name"] = change.name
    if change.alt is not None:
        values["alt"] = change.alt
    update: dict[str, Any] = {"$set": values, "$inc": {"version": 1}}
    if change.removes_focus:
        update["$unset"] = {"focus_x": "", "focus_y": ""}
    elif change.focus is not None:
        values["focus_x"], values["focus_y"] = change.focus
    return update
