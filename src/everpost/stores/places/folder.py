"""A folder as the place of the bytes of media."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Self

from everpost.domain.clock import now
from everpost.errors import Misconfigured, NotFound
from everpost.stores.places import files
from everpost.stores.places.files import Draft, in_thread
from everpost.stores.places.keys import require_key, require_size
from everpost.stores.port.media_bytes import StoredBytes

_PART = 1_000_000
"""Bytes that are read at once."""
_DRAFTS = "drafts"
"""The folder of files that are being written or removed, in the same file system as the others."""


class Folder:
    """`MediaBytes` of the port: each key is a file in folders of two levels, `ab/cd/abcd…`.

    Bytes are written to a draft, which is renamed when it is complete and durable. They were stored when
    their file was last modified.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    async def open(cls, path: str) -> Self:
        """Open the folder, which is created if the folder around it exists. Raises Misconfigured."""
        folder = Path(path)
        try:
            await asyncio.to_thread(files.prepare, folder, folder / _DRAFTS)
        except OSError as error:
            reason = files.reason_of(error)
            raise Misconfigured(f"The folder for media, {path}, cannot be written: {reason}.") from None
        return cls(folder)

    async def put(self, key: str, content: AsyncIterator[bytes], *, size: int) -> None:
        path = self._path(key)
        draft = await in_thread(partial(Draft, self._draft_path(key)))
        try:
            async for part in content:
                await in_thread(partial(draft.write, part))
            require_size(key, draft.size, size)
            await in_thread(partial(draft.rename, path, modified_at=now()))
        except BaseException:
            await in_thread(draft.discard)
            raise

    async def find(self, key: str) -> StoredBytes | None:
        return await in_thread(partial(files.find, self._path(key)))

    async def read(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        file = await in_thread(partial(files.open_existing, self._path(key)))
        if file is None:
            raise NotFound("file", key)
        with file:
            await in_thread(partial(file.seek, start))
            while end is None or start < end:
                most = _PART if end is None else min(_PART, end - start)
                part = await in_thread(partial(file.read, most))
                if not part:
                    return
                start += len(part)
                yield part

    async def page(self, *, after: str = "", limit: int = 1_000) -> Sequence[StoredBytes]:
        return await in_thread(lambda: list(islice(files.list_after(self._folder, after), limit)))

    async def remove(self, key: str, *, stored_before: datetime) -> bool:
        path, aside = self._path(key), self._draft_path(key)
        return await in_thread(partial(files.remove, path, aside, stored_before=stored_before))

    async def close(self) -> None:
        """No file stays open."""

    def _path(self, key: str) -> Path:
        return self._folder / require_key(key)[:2] / key[2:4] / key

    def _draft_path(self, key: str) -> Path:
        return self._folder / _DRAFTS / f"{require_key(key)}.{secrets.token_hex(8)}"
