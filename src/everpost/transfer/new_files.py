"""Files that get their names only when they are complete."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import BinaryIO


@contextmanager
def new_file(target: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """A new file, which only its owner can read. It gets the name of the target once it is complete and on
    the disk. Raises FileExistsError if there is one already, unless `overwrite`.
    """
    handle, created = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            Path(created).replace(target)
        else:
            _link(created, target)
    finally:
        with suppress(FileNotFoundError):
            Path(created).unlink()
    _sync_folder(target.parent)


def _link(created: str, target: Path) -> None:
    """Give the file the name of the target. Raises FileExistsError."""
    try:
        target.hardlink_to(created)
    except OSError:
        if target.exists():
            raise
        Path(created).replace(target)  # the file system has no hard links


def _sync_folder(folder: PurePath) -> None:
    """Flush the folder, so that the new name survives a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
