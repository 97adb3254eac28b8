"""The file of an SQLite database: made for its owner alone, and inspected without opening it as a store
does, which would change its journal.
"""

import os
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from everpost.errors import Unreachable
from everpost.stores.addresses import describe_url

_WITH_IT = ("-wal", "-shm", "-journal", "")
"""What SQLite keeps beside a database, and the database, last."""


def make_private(path: str) -> None:
    """Create an empty database with mode 0600 if there is none; SQLite gives its other files the same mode.
    If this fails, SQLite reports why when it opens the file.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, stat.S_IRUSR | stat.S_IWUSR))


def is_unmade(path: str) -> bool:
    """Whether there is no database at a path at which one can be made."""
    file = Path(path)
    try:
        return file.parent.is_dir() and (not file.exists() or (file.is_file() and file.stat().st_size == 0))
    except OSError:
        return False


def readable_warning(url: str, path: str) -> str | None:
    """One line where any user of this machine can read the database; otherwise None."""
    file = Path(path).absolute()
    try:
        readable = file.stat().st_mode & stat.S_IROTH and file.parent.stat().st_mode & stat.S_IXOTH
    except OSError:
        return None
    if not readable or os.name == "nt":
        return None
    return f"{describe_url(url)} is readable by every user of this machine. Set its mode to 600."


def names_in_file(url: str, path: str) -> Sequence[str]:
    """The names of what is in the database at a path; none where there is no file. Unreachable: there
    cannot be one, or it is no database.
    """
    file = Path(path)
    try:
        if not file.exists() and file.parent.is_dir():
            return []
        # Not mode=ro, which leaves what it keeps beside a database in WAL mode behind.
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema ORDER BY name")]
    except (sqlite3.Error, OSError) as error:
        raise Unreachable(f"The database {describe_url(url)} cannot be read: {error}") from error


def delete_if_blank(url: str, path: str) -> None:
    """Delete the database, which nobody has open, where nothing is in it. Unreachable: it cannot be."""
    if names_in_file(url, path):
        return
    try:
        for ending in _WITH_IT:
            Path(f"{path}{ending}").unlink(missing_ok=True)
    except OSError as error:
        raise Unreachable(f"{describe_url(url)} cannot be deleted: {error.strerror}") from error
