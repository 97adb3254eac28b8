"""The files of a folder of media: blocking functions, and a thread to call them in."""

import asyncio
import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, TypeVar

from everpost.domain.clock import EPOCH, to_milliseconds
from everpost.errors import Busy, OutOfSpace
from everpost.stores.places.keys import is_key
from everpost.stores.port.media_bytes import StoredBytes

_Result = TypeVar("_Result")
_ABANDONED = 24 * 60 * 60
"""Age, in seconds, at which a draft belongs to a process that was killed."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


async def in_thread(call: Callable[[], _Result]) -> _Result:
    """Call a blocking function in a thread. Raises OutOfSpace or Busy for an error of the file system."""
    try:
        return await asyncio.to_thread(call)
    except OSError as error:
        if error.errno in _FULL:
            raise OutOfSpace from None
        raise Busy(f"The folder for media cannot be used: {reason_of(error)}. Try again.") from None


def reason_of(error: OSError) -> str:
    """The reason of an error, without paths."""
    return error.strerror or type(error).__name__


def prepare(folder: Path, drafts: Path) -> None:
    """Create the folders, unless they exist, and remove abandoned drafts. Raises OSError if a folder cannot
    be written.
    """
    for each in (folder, drafts):
        with suppress(FileExistsError):
            each.mkdir(mode=0o700)
    oldest = time.time() - _ABANDONED
    for path in drafts.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
    Draft(drafts / f"probe.{os.getpid()}").discard()


class Draft:
    """A file that is being written. Only its owner can read it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")  # noqa: SIM115, PTH123
        self.size = 0

    def write(self, part: bytes) -> None:
        self._file.write(part)
        self.size += len(part)

    def rename(self, target: Path, *, modified_at: datetime) -> None:
        """Give the file its final name, durably. The target is in a folder of two levels, which are created
        if they are missing.
        """
        self._file.flush()
        nanoseconds = to_milliseconds(modified_at) * 1_000_000
        os.utime(self._file.fileno(), ns=(nanoseconds, nanoseconds))
        os.fsync(self._file.fileno())
        self._file.close()
        inner, outer = target.parents[:2]
        for each in (outer, inner):
            with suppress(FileExistsError):
                each.mkdir(mode=0o700)
        self._path.replace(target)
        for each in target.parents[:3]:
            _sync(each)

    def discard(self) -> None:
        """Remove the file, unless it was renamed."""
        with suppress(OSError):  # of what was still to be written
            self._file.close()
        self._path.unlink(missing_ok=True)


def find(path: Path) -> StoredBytes | None:
    """The facts about a file; None if there is none."""
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return StoredBytes(path.name, facts.st_size, EPOCH + timedelta(microseconds=facts.st_mtime_ns // 1000))


def open_existing(path: Path) -> BinaryIO | None:
    """The file, open for reading; None if there is none."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def list_after(folder: Path, after: str) -> Iterator[StoredBytes]:
    """All files whose key is greater than this one, by key."""
    for outer in _names(folder, 2, after[:2]):
        for inner in _names(folder / outer, 2, after[2:4] if after.startswith(outer) else ""):
            for key in _names(folder / outer / inner, None, after):
                if key > after and is_key(key) and (found := find(folder / outer / inner / key)):
                    yield found


def remove(path: Path, aside: Path, *, stored_before: datetime) -> bool:
    """Remove a file, if it was last modified before this time. Returns whether there is none now.

    It is first renamed to `aside`, so that a file that another process puts there in between survives: the
    name is taken from one file only, and that file is looked at again.
    """
    found = find(path)
    if found is None:
        return True
    if found.stored_at >= stored_before:
        return False
    try:
        path.rename(aside)
    except FileNotFoundError:
        return True
    renamed = find(aside)
    if renamed is not None and renamed.stored_at >= stored_before and not path.exists():
        aside.replace(path)
    aside.unlink(missing_ok=True)
    return not path.exists()


def _names(folder: Path, length: int | None, first: str) -> list[str]:
    """The names in a folder from `first` on, sorted; those of this length only, if one is given."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.name >= first and (length is None or len(entry.name) == length)
            )
    except NotADirectoryError:
        return []


def _sync(folder: Path) -> None:
    """Flush the folder, so that new names in it survive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
