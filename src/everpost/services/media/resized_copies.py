"""Resized copies of pictures, made when they are needed."""

import asyncio
from contextvars import Context

import structlog

from everpost.domain.media.copies import CopySize
from everpost.domain.media.files import MediaFile
from everpost.errors import EverpostError
from everpost.media.refusals import Refused
from everpost.media.results import CleanFile
from everpost.services.media.contents import read_parts
from everpost.services.media.processes import MediaProcesses
from everpost.services.media.uploads import Uploads, in_parts
from everpost.stores.port import Store, StoredBytes

PATIENCE = 2.0
"""Seconds that a reader waits for a copy, before the original is sent instead."""
_PAUSE = 60.0
"""Seconds after which copies that could not be made are tried again."""


class ResizedCopies:
    """Makes all copies of a picture at once: after its upload or, if they are missing, as after a blog was
    copied, when one of them is first requested. One picture at a time, and after all uploads; requests do not
    wait for it longer than `PATIENCE`.

    A copy that would not be smaller than the file is stored as an empty one.
    """

    def __init__(self, processes: MediaProcesses, uploads: Uploads) -> None:
        self._processes = processes
        self._uploads = uploads
        self._turn = asyncio.Lock()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: set[str] = set()

    async def find(self, store: Store, file: MediaFile, size: CopySize) -> StoredBytes | None:
        """The copy of this size; an empty one, if the original is to be sent; None, if it could not be made
        yet.
        """
        key = size.key(file.digest)
        found = await store.media_bytes.find(key)
        if found is None and (task := self.start(store, file)) is not None:
            await asyncio.wait({task}, timeout=PATIENCE)
            found = await store.media_bytes.find(key)
        return found

    def start(self, store: Store, file: MediaFile) -> asyncio.Task[None] | None:
        """Start to make the copies of a file, unless it has none; another caller's task may do so already.
        None: nothing is to be done now.
        """
        if file.digest in self._failed or not any(CopySize.all_of(file)):
            return None
        task = self._tasks.get(file.digest)
        if task is None:  # in a context of its own: the deadline of the request does not apply
            task = asyncio.create_task(self._make(store, file), context=Context())
            self._tasks[file.digest] = task
            task.add_done_callback(lambda _task: self._tasks.pop(file.digest, None))
        return task

    async def finish(self) -> None:
        """Wait until no copy is being made."""
        while self._tasks:
            await asyncio.wait(set(self._tasks.values()))

    async def close(self) -> None:
        """Stop. Copies that are missing are made when they are requested."""
        tasks = set(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _make(self, store: Store, file: MediaFile) -> None:
        try:
            async with self._turn:
                await self._uploads.are_done.wait()
                await self._store_copies(store, file)
        except (EverpostError, OSError) as error:
            structlog.get_logger("everpost").warning(
                "media_not_resized", file=file.id, reason=type(error).__name__
            )
            self._failed.add(file.digest)
            asyncio.get_running_loop().call_later(_PAUSE, self._failed.discard, file.digest)

    async def _store_copies(self, store: Store, file: MediaFile) -> None:
        data = b"".join([part async for part in read_parts(store, file.digest, 0, file.size)])
        clean = CleanFile(data, file.type, file.digest, file.width, file.height, is_animated=file.is_animated)
        del data
        try:
            variants = await self._processes.variants(clean)
        except Refused:  # it would be refused again
            variants = ()
        made = {(each.width, each.type): each.data for each in variants}
        for size in CopySize.all_of(file):
            copy = made.get((size.width, size.type), b"")
            await store.media_bytes.put(size.key(file.digest), in_parts(copy), size=len(copy))
