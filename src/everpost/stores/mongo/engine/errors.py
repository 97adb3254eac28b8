"""Translates PyMongo's errors into Everpost's."""

import functools
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ParamSpec, TypeVar

import pymongo
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from everpost.errors import Busy, EverpostError, Unreachable
from everpost.stores import deadlines
from everpost.stores.mongo.engine.connection import distrust_idle

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

# https://github.com/mongodb/mongo/blob/r6.0.5/src/mongo/base/error_codes.yml
_DUPLICATE_KEY = 11_000
_OUT_OF_DISK_SPACE = 14_031
REFUSED = frozenset({13, 18, 8000})
"""Unauthorized, AuthenticationFailed, and the code of MongoDB Atlas for both."""
PASSING = frozenset({24, 43, 46, 50, 112, 175, 237, 239, 246, 262, 11601})
"""Codes of a server that is busy or starting, besides those that PyMongo treats as a lost connection:
LockTimeout, CursorNotFound, LockBusy, MaxTimeMSExpired, WriteConflict, QueryPlanKilled, CursorKilled,
SnapshotTooOld, SnapshotUnavailable, ExceededTimeLimit, Interrupted.
"""


def translated(
    call: Callable[Arguments, Coroutine[Any, Any, Result]],
) -> Callable[Arguments, Coroutine[Any, Any, Result]]:
    """Wrap a call so that it ends at the deadline of the request, and raises Everpost's errors instead of
    PyMongo's where these describe the state of the database.

    PyMongo has already retried reads and writes once when it raises
    (https://www.mongodb.com/docs/manual/core/retryable-writes/). A write whose response is lost may have been
    applied, so it raises `Busy` and is not retried here.
    """

    @functools.wraps(call)
    async def translating(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        began = time.monotonic()
        try:
            with _deadline():
                return await call(*args, **kwargs)
        except Busy:  # also of a call that waits for a batch
            distrust_idle(began)
            raise
        except PyMongoError as error:
            if error.timeout:
                distrust_idle(began)
            raised = everpost_error(error)
            if raised is None:
                raise
            raise raised from error

    return translating


def _deadline() -> AbstractContextManager[None]:
    """Limit all PyMongo calls inside to the time that the request has left. Raises Busy if none is left."""
    if deadlines.deadline() is None:
        return nullcontext()
    return pymongo.timeout(deadlines.remaining(0))


def everpost_error(error: PyMongoError) -> EverpostError | None:
    """Everpost's error for this one; None if it is a bug in Everpost."""
    if isinstance(error, OperationFailure) and error.code in REFUSED:
        return Unreachable(
            "The database rejected the login: check the user name, the password and the user's privileges."
        )
    if isinstance(error, ConnectionFailure | WriteConcernError) or error.timeout:
        return Busy()
    if _is_out_of_disk_space(error):
        return Busy("The database is out of disk space.")
    return Busy() if isinstance(error, OperationFailure) and error.code in PASSING else None


def is_out_of_space(busy: Busy) -> bool:
    """Whether the database had no space left."""
    return isinstance(busy.__cause__, PyMongoError) and _is_out_of_disk_space(busy.__cause__)


def _is_out_of_disk_space(error: PyMongoError) -> bool:
    return isinstance(error, OperationFailure) and error.code == _OUT_OF_DISK_SPACE


def duplicate_field(error: DuplicateKeyError) -> str:
    """The first field of the unique index that the write violated."""
    return next(iter((error.details or {}).get("keyPattern", {})), "")


def unreachable(error: PyMongoError, hosts: str) -> EverpostError:
    """Why the database at these hosts could not be opened. The message contains no password."""
    if isinstance(error, OperationFailure) and error.code not in REFUSED:
        reason = (error.details or {}).get("errmsg", error.code)
        return Unreachable(f"MongoDB at {hosts} refused the command: {reason}")
    if isinstance(error, OperationFailure):
        return Unreachable(f"MongoDB at {hosts} rejected the user name or the password.")
    reason = str(error).partition(" (configured timeouts")[0].partition(", Timeout:")[0]
    return Unreachable(f"MongoDB at {hosts} does not respond: {reason}")


def is_duplicate(error: BulkWriteError) -> bool:
    """Whether one of the documents violated a unique index."""
    return any(each["code"] == _DUPLICATE_KEY for each in error.details["writeErrors"])
