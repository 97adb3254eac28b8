"""The files that users have uploaded: facts, not bytes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from everpost.domain.ids import Id
from everpost.domain.media.files import MediaChange, MediaFile, MediaQuery, MediaUse
from everpost.domain.paging import Page
from everpost.domain.revisions import ExpectedRevisions


class Media(Protocol):
    """A post uses a file if its text or its cover contains the path of the file, and the file exists when the
    post is written. Posts in the trash use their files, too.
    """

    async def get(self, id: Id) -> MediaFile:
        """Return the file. Raises NotFound("file")."""
        ...

    async def find(self, digests: Sequence[str]) -> Mapping[str, MediaFile]:
        """Return the files with these digests, at most 1,000, by digest."""
        ...

    async def page(self, query: MediaQuery) -> Page[tuple[MediaFile, datetime | None]]:
        """Return a page of files by `(created_at, id)`, both descending, each with the time since which no
        post has used it; None if one uses it.
        """
        ...

    async def uses(self, id: Id, *, limit: int) -> Sequence[MediaUse]:
        """Return posts that use the file, whatever their status, by id."""
        ...

    async def is_public(self, digest: str, moment: datetime) -> bool:
        """Whether a post that is public at this time uses the file."""
        ...

    async def add(self, file: MediaFile) -> MediaFile:
        """Add a file, and return it as stored. Raises Conflict("digest"), if it exists."""
        ...

    async def save(
        self, id: Id, change: MediaChange, *, match: ExpectedRevisions, owner_id: Id | None = None
    ) -> MediaFile:
        """Change the file, and increment its version. Raises, in this order: NotFound, Forbidden (`owner_id`
        is given and did not upload it), Stale.
        """
        ...

    async def remove(self, id: Id, *, match: ExpectedRevisions, owner_id: Id | None = None) -> None:
        """Remove the file. Its bytes stay until `MediaBytes.remove`. Raises, in this order: NotFound,
        Forbidden (as for `save`), Stale, InUse (a post uses it).
        """
        ...

    async def remove_unused(
        self, before: datetime, *, limit: int, keep: Collection[str] = ()
    ) -> Sequence[str]:
        """Remove at most this many files that no post has used since this time, except those with the digests
        in `keep`, and return their digests.
        """
        ...
