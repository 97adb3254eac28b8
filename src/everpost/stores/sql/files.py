"""The file of an SQLite database, looked at as it is: who connects as a store does changes its journal."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from everpost.errors import Unreachable
from everpost.stores.addresses import describe_url

_WITH_IT = ("-wal", "-shm", "-journal", "")
"""What SQLite keeps beside a database, and the database, last."""


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
