"""A response that streams the archive of the blog while the database is read."""

from collections.abc import Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from everpost.api.middleware.methods import IS_HEAD
from everpost.domain.clock import now
from everpost.domain.people.actors import Actor
from everpost.services.database.exports import ExportSlot
from everpost.stores.port import Store
from everpost.transfer.archive.download import SUFFIX, open_download

MEDIA_TYPE = "application/zstd"


class ArchiveResponse(StreamingResponse):
    """The archive of one state of the blog, compressed, with the bytes of files if `media` is true. If
    reading fails, the connection is dropped, so that the client sees that the file is incomplete. Memory is
    bounded for any blog.
    """

    media_type = MEDIA_TYPE

    def __init__(
        self,
        store: Store,
        actor: Actor,
        slot: ExportSlot,
        headers: Mapping[str, str] | None = None,
        *,
        media: bool = True,
    ) -> None:
        name = f"everpost-{now():%Y-%m-%d}{SUFFIX}"
        disposition = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
        super().__init__((), headers={**(headers or {}), **disposition})
        self._store, self._actor, self._slot = store, actor, slot
        self._has_media = media

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the archive. Raises, before anything is sent, Unauthenticated, Forbidden, TooMany, Busy."""
        with self._slot.taken(self._store, self._actor) as blog:
            if scope.get(IS_HEAD):
                await super().__call__(scope, receive, send)
                return
            async with open_download(blog.records, blog.media if self._has_media else None) as pieces:
                self.body_iterator = pieces
                await super().__call__(scope, receive, send)
