"""The whole blog as records, for moving it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from everpost.domain.record_kinds.kinds import Kinds
from everpost.domain.records import Batch, Counts, Record, Transfer


class Snapshot(Protocol):
    """One state of the whole blog, unaffected by concurrent writes."""

    async def count(self) -> Counts:
        """Return the number of records of each kind."""
        ...

    async def fingerprint(self) -> str | None:
        """Return a text that is cheap to compute, and differs between any two states of the blog that
        calls of this store can bring about; None if the store does not support this.
        """
        ...

    def records(self) -> AsyncIterator[Sequence[Record]]:
        """Yield every record once, in bounded batches, in the order of the `kinds`: the settings; the users,
        by id; the tokens, by id; the media, by digest; the posts, by id, each followed by its comments,
        whatever their status, by `(publication_date, id)`.
        """
        ...


class Records(Protocol):
    """The whole blog, for moving it. While a blog is moved into a store, nothing else may write to it."""

    @property
    def kinds(self) -> Kinds:
        """The kinds of its records, in order."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[Snapshot]:
        """Open a snapshot of the current state. It is not subject to a deadline."""
        ...

    async def write(self, batch: Batch) -> None:
        """Write the batch. It is idempotent: if the database fails halfway, a part may have been written, and
        the same batch can be written again.

        If a record takes a unique value (a slug, an email address, a digest, the id of a comment) from a
        record that is not in the batch, that record loses it for the time being: the caller must write or
        erase it too. Erasing a user erases the user's tokens; erasing a post erases its comments;
        after erasing a file, no post uses it. A comment
        is erased only if it is on the same post, with the same date.
        """
        ...

    async def transfer(self) -> Transfer | None:
        """Return the latest move into this store, as recorded; None if there was none."""
        ...

    async def begin(self, origin: str, *, latest: Transfer | None) -> None:
        """Record that a move from this origin has begun. Raises Conflict("blog", "transfer") if the database
        does not record `latest`, or if `latest` is None and the blog is not empty: it has a user, a post, or
        changed settings.
        """
        ...

    async def finish(self, transfer: Transfer) -> None:
        """Record that the move has ended. Raises Conflict("blog", "transfer") if no move from this origin has
        begun.
        """
        ...
