"""What a driver's error means. The one place that knows the codes of the engines."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

import asyncpg
from asyncmy import errors as mysql
from sqlalchemy import exc

from everpost.errors import Busy


class Fault(Enum):
    """What went wrong in the database, or on the way there."""

    CONTENTION = auto()
    """The database undid the transaction in favour of another one: it can be run again."""
    UNSENT = auto()
    """The connection was found dead and nothing was sent over it: it can be run again."""
    LOST = auto()
    """The connection broke: whether the last statement took effect is not known."""
    REFUSED = auto()
    """The database does not take this at present; nothing took effect."""


# https://www.sqlite.org/rescode.html
_SQLITE_CONTENTION = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_MISTAKES = frozenset(
    {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_TOOBIG}
)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL_CONTENTION = frozenset({"40001", "40P01", "55P03"})
_POSTGRESQL_LOST = frozenset({"40003", "57P01", "57P02", "57P05"})
_POSTGRESQL_REFUSED = frozenset({"25006"})
_POSTGRESQL_REFUSED_CLASSES = frozenset({"28", "3D", "53", "55", "57", "58", "F0", "XX"})

# https://dev.mysql.com/doc/mysql-errors/8.4/en/ and https://mariadb.com/kb/en/mariadb-error-codes/
_MYSQL_CONTENTION = frozenset({1020, 1205, 1213, 1412})
_MYSQL_UNSENT = frozenset({2006})
_MYSQL_LOST = frozenset({0, 1053, 1077, 1079, 1317, 1927, 2013, 2014, 2045, 2055, 4031})
_MYSQL_MISTAKES = frozenset({1054, 1060, 1061, 1091})
_MYSQL_DONE = frozenset({1050, 1051, 1060, 1061, 1091, 1146, 1826})

_NO_SPACE = frozenset({sqlite3.SQLITE_FULL, "53100", 1021, 1114})
_READ_ONLY = frozenset({sqlite3.SQLITE_READONLY, "25006", 1290, 1792, 1836})

# OpenSSL takes whatever else comes for a record of TLS of some other version.
_NO_TLS = "SSL: WRONG_VERSION_NUMBER"

_MISTAKES = (
    *(exc.IntegrityError, exc.DataError, exc.ProgrammingError),
    *(sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError),
    *(mysql.IntegrityError, mysql.DataError, mysql.ProgrammingError),
)
VIOLATED = (
    *(sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError),
    *(mysql.IntegrityError, exc.IntegrityError),
)
"""The errors of drivers and SQLAlchemy for violated constraints."""
_DRIVERS = (
    *(exc.DBAPIError, sqlite3.Error, mysql.Error, asyncpg.PostgresError, asyncpg.InterfaceError),
    asyncpg.InternalClientError,  # what asyncpg says of a connection that broke while it was asked
)


def is_done_already(error: Exception) -> bool:
    """Whether MySQL says that what it was to create is there, or what it was to drop is not."""
    return isinstance(error, exc.DBAPIError) and not _is_sqlite(error) and _code_of(error) in _MYSQL_DONE


def fault_of(error: Exception) -> Fault | None:
    """The fault that an error tells of, SQLAlchemy's or a driver's own; None where it is a mistake in what
    was asked.
    """
    if isinstance(error, exc.TimeoutError | OSError):
        return Fault.REFUSED
    if isinstance(error, asyncpg.InvalidCachedStatementError | asyncpg.OutdatedSchemaCacheError):
        return Fault.CONTENTION
    if not isinstance(error, _DRIVERS) or isinstance(error, _MISTAKES):
        return None
    code = _code_of(error)
    if isinstance(code, str):
        return _postgresql_fault(code)
    if isinstance(code, int):
        return _sqlite_fault(code) if _is_sqlite(error) else _mysql_fault(code)
    return _codeless_fault(error)


_BUSY = {
    Fault.CONTENTION: "Too many concurrent writes to the same resource. Try again.",
    Fault.UNSENT: "The database cannot be reached. Try again later.",
    Fault.LOST: "The connection to the database was lost, perhaps after the change was made. Try again.",
    Fault.REFUSED: "The database is temporarily unavailable. Try again later.",
}


def busy_from(error: Exception, fault: Fault) -> Busy:
    """What to tell whoever asked, where a fault remains."""
    code = _code_of(error)
    if code in _NO_SPACE:
        return Busy("The database is out of disk space.")
    if code in _READ_ONLY:
        return Busy("The database does not accept writes at the moment. Try again later.")
    return Busy(_BUSY[fault])


@contextmanager
def final_word() -> Iterator[None]:
    """If the connection breaks here, nobody knows what took effect, so this must never be retried
    automatically.
    """
    try:
        yield
    except Exception as error:
        if fault_of(error) is Fault.LOST:
            raise busy_from(error, Fault.LOST) from error
        raise


@contextmanager
def connecting() -> Iterator[None]:
    """Treat any error while a driver connects as a fault: if a server breaks off in the middle of a message,
    drivers raise errors that look like bugs.
    """
    try:
        yield
    except Exception as error:
        if fault_of(error) is None:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        raise


def reason_of(error: BaseException) -> str:
    """What the driver has to say, without its numbers."""
    original = _original(error)
    last = original.args[-1] if original.args else None
    reason = last if isinstance(last, str) else str(original)
    return "the server does not speak TLS" if _NO_TLS in reason else reason


def _original(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error


def _is_sqlite(error: BaseException) -> bool:
    return isinstance(_original(error), sqlite3.Error)


def _code_of(error: BaseException) -> str | int | None:
    """PostgreSQL's SQLSTATE, MySQL's number, or SQLite's primary result code."""
    original = _original(error)
    if isinstance(original, sqlite3.Error):
        extended: int | None = getattr(original, "sqlite_errorcode", None)
        return None if extended is None else extended & 0xFF
    number: object = original.args[0] if original.args else None
    if isinstance(number, int):
        return number
    sqlstate: object = getattr(original, "sqlstate", None)
    return sqlstate if isinstance(sqlstate, str) else None


def _sqlite_fault(code: int) -> Fault | None:
    if code in _SQLITE_CONTENTION:
        return Fault.CONTENTION
    return None if code in _SQLITE_MISTAKES else Fault.REFUSED


def _postgresql_fault(code: str) -> Fault | None:
    if code in _POSTGRESQL_CONTENTION:
        return Fault.CONTENTION
    if code in _POSTGRESQL_LOST or code.startswith("08"):
        return Fault.LOST
    if code in _POSTGRESQL_REFUSED or code[:2] in _POSTGRESQL_REFUSED_CLASSES:
        return Fault.REFUSED
    return None


def _mysql_fault(code: int) -> Fault | None:
    if code in _MYSQL_CONTENTION:
        return Fault.CONTENTION
    if code in _MYSQL_UNSENT:
        return Fault.UNSENT
    if code in _MYSQL_LOST:
        return Fault.LOST
    return None if code in _MYSQL_MISTAKES else Fault.REFUSED


def _codeless_fault(error: Exception) -> Fault | None:
    """Errors that a driver raises by itself."""
    if isinstance(error, exc.NotSupportedError):
        return Fault.CONTENTION  # a table changed under asyncpg's prepared statement: it is prepared anew
    if "connection is closed" in str(_original(error)):
        return Fault.UNSENT
    if isinstance(error, exc.InternalError | exc.OperationalError | exc.InterfaceError):
        return Fault.LOST
    if not isinstance(error, exc.DBAPIError):
        return Fault.LOST
    return Fault.LOST if error.connection_invalidated else None
