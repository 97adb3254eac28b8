"""Uploaded files as JSON."""

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.authors import AuthorRead, read_author
from everpost.api.schemas.text import STORABLE_PATTERN, ReadId, ReadTimestamp, Storable, format_timestamp
from everpost.domain.media.files import MAX_ALT, MAX_FOCUS, MAX_MEDIA_NAME, MediaFile, MediaUse
from everpost.domain.media.types import MediaType

MAX_SENT_NAME = 1_000
SentName = Annotated[
    str,
    Field(
        max_length=MAX_SENT_NAME,
        json_schema_extra=STORABLE_PATTERN,
        description="The name of the file. Folders are removed, and it is reduced to at most 80 letters,"
        " digits and hyphens and the extension of the file's type.",
    ),
    Storable,
]
Alt = Annotated[
    str,
    Field(
        max_length=MAX_ALT,
        json_schema_extra=STORABLE_PATTERN,
        description="The alternative text, for people who do not see the picture.",
    ),
    Storable,
]
_Percent = Annotated[int, Field(ge=0, le=MAX_FOCUS)]


@with_config(ConfigDict(extra="forbid", strict=True))
class Focus(TypedDict):
    """The point that stays visible when the picture is cropped, in per cent from the left and from the
    top.
    """

    x: _Percent
    y: _Percent


@with_config(ConfigDict(extra="forbid", strict=True))
class UploadFacts(TypedDict, total=False):
    """The facts that are sent with an uploaded file."""

    name: SentName
    alt: Alt


@with_config(ConfigDict(extra="forbid", strict=True))
class MediaUpdate(TypedDict, total=False):
    """The fields to change; omitted fields stay the same."""

    name: SentName
    alt: Alt
    focus: Annotated[Focus | None, Field(description="null: the centre.")]


@with_config(ConfigDict(extra="forbid"))
class MediaRead(TypedDict):
    """An uploaded file."""

    id: ReadId
    url: Annotated[str, Field(description="The path of the bytes. Only the digest in it matters.")]
    type: MediaType
    width: Annotated[int | None, Field(description="In pixels, as the picture is shown; null if unknown.")]
    height: int | None
    animated: bool
    size: Annotated[int, Field(ge=1, description="In bytes.")]
    alt: Alt
    name: Annotated[str, Field(max_length=MAX_MEDIA_NAME)]
    focus: Focus | None
    digest: Annotated[
        str,
        Field(
            description="The SHA-256 of the bytes, in hexadecimal.",
            json_schema_extra={"pattern": "^[0-9a-f]{64}$"},
        ),
    ]
    author: Annotated[AuthorRead | None, Field(description="The user who uploaded the file.")]
    created_at: ReadTimestamp
    updated_at: ReadTimestamp
    version: Annotated[int, Field(ge=1)]
    unused_since: NotRequired[
        Annotated[
            ReadTimestamp | None,
            Field(description="Since when no post has used the file; null if one does. Only in lists."),
        ]
    ]


@with_config(ConfigDict(extra="forbid"))
class MediaUseRead(TypedDict):
    """A post that uses a file."""

    post_id: ReadId
    title: str
    slug: str


def read_media(file: MediaFile, url: str) -> MediaRead:
    """The file as JSON."""
    focus: Focus | None = None
    if file.focus_x is not None and file.focus_y is not None:
        focus = {"x": file.focus_x, "y": file.focus_y}
    return {
        "id": file.id,
        "url": url,
        "type": file.type,
        "width": file.width,
        "height": file.height,
        "animated": file.is_animated,
        "size": file.size,
        "alt": file.alt,
        "name": file.name,
        "focus": focus,
        "digest": file.digest,
        "author": read_author(file.author),
        "created_at": format_timestamp(file.created_at),
        "updated_at": format_timestamp(file.updated_at),
        "version": file.version,
    }


def read_use(use: MediaUse) -> MediaUseRead:
    """The use as JSON."""
    return {"post_id": use.post_id, "title": use.title, "slug": use.slug}
