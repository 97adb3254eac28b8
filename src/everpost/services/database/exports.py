"""Downloads of the whole blog."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.errors import TooMany
from everpost.services.security_events import BLOG_EXPORTED, record
from everpost.stores.port import MediaBytes, Records, Store

_PAUSE = 30
"""Seconds after which to try again."""


@dataclass(frozen=True, slots=True)
class ExportedBlog:
    """The content of a blog, for an archive."""

    records: Records
    media: MediaBytes


class ExportSlot:
    """Lets one export run at a time in this process, because each occupies a connection to the database for
    as long as the client reads.
    """

    def __init__(self) -> None:
        self._is_taken = False

    @contextmanager
    def taken(self, store: Store, actor: Actor) -> Iterator[ExportedBlog]:
        """The content of the blog, for one export. It contains hashes of passwords and tokens, so a token
        with all scopes of an admin is required. Raises Unauthenticated, Forbidden, TooMany.
        """
        actor.require_all(Scope.ADMIN)
        if self._is_taken:
            raise TooMany("Another export is running. Try again when it has ended.", retry_after=_PAUSE)
        self._is_taken = True
        record(BLOG_EXPORTED, by=actor.id)
        try:
            yield ExportedBlog(store.records, store.media_bytes)
        finally:
            self._is_taken = False
