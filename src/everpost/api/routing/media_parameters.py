"""Path and query parameters of uploaded files."""

from typing import Annotated, Literal

from fastapi import Path
from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from everpost.api.routing.parameters import Flag, PageParameters, Words, named
from everpost.api.schemas.media.files import Alt, SentName
from everpost.domain.ids import PATTERN, Id
from everpost.domain.media.copies import CopySize
from everpost.domain.media.types import MediaType

_TYPES = (*dict.fromkeys(each.partition("/")[0] for each in MediaType), *map(str, MediaType))
"""Types of files, and the first parts of their names."""


def _file_id(text: str) -> Id:
    return named("file", text)


def _type(sent: str) -> str:
    if sent not in _TYPES:
        raise PydanticCustomError("type", "should be one of: {types}", {"types": ", ".join(_TYPES)})
    return sent


SentType = Annotated[str, AfterValidator(_type), WithJsonSchema({"type": "string", "enum": list(_TYPES)})]
FileId = Annotated[
    Id,
    AfterValidator(_file_id),
    Path(description="The file's id.", json_schema_extra={"pattern": PATTERN}),
]
Digest = Annotated[str, Path(description="The SHA-256 of the file, in 64 hexadecimal digits.")]

FileName = Annotated[str, Path(alias="name", description="The name of the file, or any other.")]


class UploadParameters(BaseModel):
    """The facts about a file that is sent without a form."""

    name: SentName | None = None
    alt: Alt | None = None


class MediaParameters(PageParameters):
    """The files to list."""

    unused: Flag | None = Field(
        default=None, description="`true`: list only files that no post uses; `false`: only the others."
    )
    type: SentType | None = Field(
        default=None, description="List only files of this type, such as `image/png` or `image`."
    )
    name: Words | None = Field(
        default=None, description="List only files whose names contain this text, whatever its case."
    )

    @property
    def types(self) -> tuple[MediaType, ...]:
        """The types to list; empty: every type."""
        if self.type is None:
            return ()
        return tuple(each for each in MediaType if self.type in (each, each.partition("/")[0]))


class CopyParameters(BaseModel):
    """The resized copy to read."""

    width: Literal["400", "800", "1600"] | None = Field(
        default=None, description="The width of a resized copy, in pixels. Default: the original."
    )
    format: Literal["avif", "webp"] = Field(
        default="webp", description="The format of a resized copy; ignored without `width`."
    )

    @property
    def size(self) -> CopySize | None:
        """The resized copy; None: the original."""
        return None if self.width is None else CopySize(int(self.width), self.format)
