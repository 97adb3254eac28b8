"""Files that users have uploaded: pictures, sound, video and documents."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from everpost.domain.ids import Id
from everpost.domain.media.types import MediaType
from everpost.domain.paging import Position
from everpost.domain.people.users import Author
from everpost.domain.records import Record
from everpost.domain.revisions import Revision

MAX_MEDIA_NAME = 100
MAX_ALT = 1_000
MAX_FOCUS = 100
"""Per cent of the width or the height."""
MAX_FILE_SIZE = 1_000_000_000
"""Bytes. The setting for uploads is lower."""
_LINK = re.compile(r"/media/([0-9a-f]{64})/")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile(Record):
    """The facts about an uploaded file, whose bytes are kept elsewhere (`stores.port.media_bytes`).

    A file is identified by its content: no two have the same digest, so the id follows from it.
    """

    digest: str
    """SHA-256 of the bytes, in hexadecimal."""
    name: str
    """As it appears in URLs: `media.names.safe_name`."""
    type: MediaType
    size: int
    """Bytes."""
    width: int | None = None
    """Pixels, as the picture is shown. None if unknown."""
    height: int | None = None
    is_animated: bool = False
    alt: str = ""
    """The alternative text; empty if there is none."""
    focus_x: int | None = None
    """The focal point, in per cent from the left; None: the centre. Both coordinates are given, or none."""
    focus_y: int | None = None
    """In per cent from the top."""
    author: Author | None = None
    """The user who uploaded it; None if that user was removed."""
    created_at: datetime
    updated_at: datetime
    version: int = 1
    stamp: int = field(default=0, compare=False, repr=False)
    """As for `Post`."""

    @property
    def id(self) -> Id:
        return media_id(self.digest)

    @property
    def path(self) -> str:
        """The path of its bytes, below that of the blog."""
        return f"/media/{self.digest}/{self.name}"

    @property
    def position(self) -> Position:
        """Its position in a list, newest first."""
        return Position(self.created_at, self.id)

    @property
    def revision(self) -> Revision:
        return Revision(self.version, self.stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaChange:
    """The new values of a file's fields; None leaves a field unchanged."""

    updated_at: datetime
    name: str | None = None
    alt: str | None = None
    focus: tuple[int, int] | None = None
    removes_focus: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaQuery:
    """A page of files, newest first, after a position."""

    limit: int
    after: Position | None = None
    unused: bool | None = None
    """Whether no post uses the file. None: either way."""
    types: tuple[MediaType, ...] = ()
    """Empty: every type."""
    name: str | None = None
    """Only files whose name contains this text, which is in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUse:
    """A post that uses a file: its text or its cover has the path of the file."""

    post_id: Id
    title: str
    slug: str


def media_id(digest: str) -> Id:
    """The id of the file with this digest: its first 24 digits."""
    return Id(digest[:24])


def linked_digests(*texts: str | None) -> Iterator[str]:
    """The digests in all paths of files that these texts contain, each once, in order."""
    seen: set[str] = set()
    for text in texts:
        for digest in _LINK.findall(text or ""):
            if digest not in seen:
                seen.add(digest)
                yield digest
