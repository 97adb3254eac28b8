"""The file of an SQLite database: created with private permissions, and inspected without opening it as a
store, which would change its journal mode.
"""

import os
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from everpost.errors import Unreachable
from everpost.stores.addresses import describe_url

_SUFFIXES = ("-wal", "-shm", "-journal", "")
"""The suffixes of the files that SQLite keeps beside a database, then of the database itself."""


def make_private(path: str) -> None:
    """Create an empty database with mode 0600 if there is none; SQLite gives its other files the same mode.
    If this fails, SQLite reports why when it opens the file.

    A file that exists is not opened: closing it would drop all locks that SQLite in this process has on it
    (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR))


def can_be_created(path: str) -> bool:
    """Whether there is no database at a path, but one can be created."""
    file = Path(path)
    try:
        return file.parent.is_dir() and (not file.exists() or (file.is_file() and file.stat().st_size == 0))
    except OSError:
        return False


def readable_warning(url: str, path: str) -> str | None:
    """Return a warning if any user of this machine can read the database; otherwise None."""
    file = Path(path).absolute()
    try:
        readable = file.stat().st_mode & stat.S_IROTH and file.parent.stat().st_mode & stat.S_IXOTH
    except OSError:
        return None
    if not readable or os.name == "nt":
        return None
    return f"{describe_url(url)} is readable by every user of this machine. Set its mode to 600."


def names_in_file(url: str, path: str) -> Sequence[str]:
    """Return the names of the objects in the database at a path; none if there is no file. Raises Unreachable
    if there cannot be a file, or if it is not a database.
    """
    file = Path(path)
    try:
        if not file.exists() and file.parent.is_dir():
            return []
        # Not mode=ro, which leaves the -wal and -shm files of a database in WAL mode behind.
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]
    except (sqlite3.Error, OSError) as error:
        raise Unreachable(f"The database {describe_url(url)} cannot be read: {error}") from error


def delete_if_empty(url: str, path: str) -> None:
    """Delete an empty database, which nobody may have open. Raises Unreachable if it cannot be deleted."""
    if names_in_file(url, path):
        return
    try:
        for ending in _SUFFIXES:
            Path(f"{path}{ending}").unlink(missing_ok=True)
    except OSError as error:
        raise Unreachable(f"{describe_url(url)} cannot be deleted: {error.strerror}") from error
