"""Classifies the drivers' errors. The only file that knows the error codes of the engines."""

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

import asyncpg
from asyncmy import errors as mysql
from sqlalchemy import exc

from everpost.errors import Busy


class Fault(Enum):
    """A failure of the database or of the connection to it."""

    CONTENTION = auto()
    """The database rolled back the transaction in favor of another; it can be retried."""
    UNSENT = auto()
    """The connection was dead before anything was sent; the call can be retried."""
    LOST = auto()
    """The connection broke, and it is unknown whether the last statement took effect."""
    REFUSED = auto()
    """The database refuses the statement at the moment; nothing took effect."""


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

_MYSQL_BEING_ALTERED = 1684

_NO_SPACE = frozenset({sqlite3.SQLITE_FULL, "53100", 1021, 1114})
_READ_ONLY = frozenset({sqlite3.SQLITE_READONLY, "25006", 1290, 1792, 1836})

# OpenSSL mistakes any other reply for a TLS record of another version.
_NO_TLS = "SSL: WRONG_VERSION_NUMBER"

# asyncio may combine the errors of several addresses in one message.
_ERROR_NUMBER = re.compile(r"\[Errno (\d+)\]")
_NOBODY_LISTENS = frozenset({errno.ECONNREFUSED, errno.ENOENT})

_MISTAKES = (
    *(exc.IntegrityError, exc.DataError, exc.ProgrammingError),
    *(sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError),
    *(mysql.IntegrityError, mysql.DataError, mysql.ProgrammingError),
)
VIOLATED = (
    *(sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError),
    *(mysql.IntegrityError, exc.IntegrityError),
)
"""Constraint violations, as the drivers and SQLAlchemy raise them."""
_DRIVERS = (
    *(exc.DBAPIError, sqlite3.Error, mysql.Error, asyncpg.PostgresError, asyncpg.InterfaceError),
    asyncpg.InternalClientError,  # asyncpg raises it if a connection breaks during a query
)


def is_done_already(error: Exception) -> bool:
    """Whether MySQL reports that the object to create exists, or that the object to drop does not."""
    return isinstance(error, exc.DBAPIError) and not _is_sqlite(error) and _code_of(error) in _MYSQL_DONE


def is_being_altered(error: Exception) -> bool:
    """Whether MySQL cannot describe a table because another connection creates, alters or drops it."""
    return isinstance(error, exc.DBAPIError) and _code_of(error) == _MYSQL_BEING_ALTERED


def fault_of(error: Exception) -> Fault | None:
    """Return the fault that an error of SQLAlchemy or a driver stands for; None if the statement itself is
    wrong.
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
    """Return the error to report for a fault that retries did not remove."""
    code = _code_of(error)
    if code in _NO_SPACE:
        return Busy("The database is out of disk space.")
    if code in _READ_ONLY:
        return Busy("The database does not accept writes at the moment. Try again later.")
    return Busy(_BUSY[fault])


def is_out_of_space(busy: Busy) -> bool:
    """Whether the database had no space left."""
    return isinstance(busy.__cause__, Exception) and _code_of(busy.__cause__) in _NO_SPACE


@contextmanager
def without_retry() -> Iterator[None]:
    """Turn a lost connection into Busy, which is not retried: it is unknown whether the statements took
    effect.
    """
    try:
        yield
    except Exception as error:
        if fault_of(error) is Fault.LOST:
            raise busy_from(error, Fault.LOST) from error
        raise


@contextmanager
def connecting() -> Iterator[None]:
    """Treat any error while a driver connects as a fault. If a server breaks off in the middle of a message,
    drivers raise errors that look like bugs.
    """
    try:
        yield
    except Exception as error:
        if fault_of(error) is None:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
        raise


def is_server_gone(error: Exception) -> bool:
    """Whether nothing listens at any of the server's addresses, or at its socket."""
    numbers = {int(number) for number in _ERROR_NUMBER.findall(str(error))}
    return bool(numbers) and numbers <= _NOBODY_LISTENS


def reason_of(error: BaseException) -> str:
    """Return the driver's message, without error numbers."""
    original = _original(error)
    last = original.args[-1] if original.args else None
    reason = last if isinstance(last, str) else str(original)
    return "the server does not support TLS" if _NO_TLS in reason else reason


def _original(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error


def _is_sqlite(error: BaseException) -> bool:
    return isinstance(_original(error), sqlite3.Error)


def _code_of(error: BaseException) -> str | int | None:
    """Return PostgreSQL's SQLSTATE, MySQL's error number or SQLite's primary result code."""
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
    """Classify errors that a driver raises without a code of the database."""
    if isinstance(error, exc.NotSupportedError):
        return Fault.CONTENTION  # a table of asyncpg's prepared statement was altered: it is prepared again
    if "connection is closed" in str(_original(error)):
        return Fault.UNSENT
    if isinstance(error, exc.InternalError | exc.OperationalError | exc.InterfaceError):
        return Fault.LOST
    if not isinstance(error, exc.DBAPIError):
        return Fault.LOST
    return Fault.LOST if error.connection_invalidated else None
