"""Transactions, which are retried if they conflict with others."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from contextvars import Context
from typing import TypeVar

import pymongo
from pymongo import ReadPreference, WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

from everpost.domain.ids import Id
from everpost.stores import deadlines
from everpost.stores.batching import KeyedLocks
from everpost.stores.mongo.engine.connection import Client
from everpost.stores.mongo.engine.errors import everpost_error

Outcome = TypeVar("Outcome")
Session = AsyncClientSession

_SNAPSHOT = ReadConcern("snapshot")
_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.2
_REMEMBERED = 10
"""The approximate number of transactions over which the duration is averaged."""
_LONGEST_WAIT_FOR_ABORT = 0.1
_PATIENCE = 1.0
"""Seconds, as all the durations above."""
SILENCE = 2
"""Seconds without activity after which a transaction counts as abandoned by a killed process. MongoDB would
keep its locks for a minute. If the process is only slow, it retries the transaction.
"""


class Transactions:
    """Runs transactions. If two write the same document, MongoDB lets the first continue and fails the other
    immediately, which is then retried after a random pause, until the deadline. Transactions of this process
    that write the same post run one after the other, so they do not conflict.
    """

    def __init__(self, client: Client, *, timeout: float) -> None:
        self._client = client
        self._timeout = timeout
        self._endings: set[asyncio.Task[None]] = set()
        self._posts: KeyedLocks[Id] = KeyedLocks()
        self._pause = _FIRST_PAUSE
        """The maximum number of seconds before the first retry, about the duration of a transaction: on a
        busy machine, earlier retries would only slow down the transaction that they wait for.
        """

    async def write_post(self, id: Id, work: Callable[[Session], Awaitable[Outcome]]) -> Outcome:
        """Run a transaction that writes this post; see `run`."""
        async with self._posts.hold(id):
            return await self.run(work)

    async def run(self, work: Callable[[Session], Awaitable[Outcome]]) -> Outcome:
        """Run `work` in a transaction and return its result once that is committed. If `work` raises, the
        transaction is aborted. `work` may be called several times, each time in a new transaction. Raises
        Busy.
        """
        timeout = deadlines.remaining(self._timeout)
        deadline = asyncio.get_running_loop().time() + timeout
        session = self._client.start_session(causal_consistency=False)
        is_committed = False
        try:
            with pymongo.timeout(timeout):
                outcome = await self._run(session, work, deadline)
            is_committed = True
        except PyMongoError as error:
            raise everpost_error(error) or error from error
        finally:
            await self._end(session, is_committed=is_committed)
        return outcome

    async def _run(
        self, session: Session, work: Callable[[Session], Awaitable[Outcome]], deadline: float
    ) -> Outcome:
        loop = asyncio.get_running_loop()
        next_look = loop.time() + _PATIENCE
        for attempt in itertools.count():
            began = loop.time()
            try:
                outcome = await _attempt(session, work)
            except PyMongoError as error:
                pause = random.random() * min(_LONGEST_PAUSE, self._pause * 2**attempt)  # noqa: S311
                if loop.time() + pause > deadline or not error.has_error_label("TransientTransactionError"):
                    raise
            else:
                self._pause += (loop.time() - began - self._pause) / _REMEMBERED
                return outcome
            if session.in_transaction:
                await session.abort_transaction()
            if loop.time() > next_look:
                await _abort_abandoned(self._client)
                next_look = loop.time() + _PATIENCE
            await asyncio.sleep(pause)
        raise AssertionError

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        """A read-only session that sees the data as of its first read. MongoDB keeps the snapshot for five
        minutes.
        """
        return self._client.start_session(snapshot=True)

    async def close(self) -> None:
        """Wait until every transaction has ended on the server."""
        await asyncio.gather(*self._endings, return_exceptions=True)

    async def _end(self, session: Session, *, is_committed: bool) -> None:
        """End the session, and abort its transaction, which would otherwise stay open for a minute. The
        deadline may have passed, so this runs in a context without one.
        """
        if is_committed:
            await session.end_session()
            return
        ending = asyncio.get_running_loop().create_task(self._undo(session), context=Context())
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        await asyncio.wait([ending], timeout=_LONGEST_WAIT_FOR_ABORT)

    async def _undo(self, session: Session) -> None:
        """Abort the transaction. PyMongo considers it ended as soon as a commit or abort was requested, even
        if the caller was cancelled before the command was sent; then the session is killed.
        """
        if not session.in_transaction:
            with suppress(PyMongoError):
                await self._client.admin.command("killSessions", [session.session_id])
        await session.end_session()


async def _attempt(session: Session, work: Callable[[Session], Awaitable[Outcome]]) -> Outcome:
    await session.start_transaction(
        read_concern=_SNAPSHOT,
        write_concern=WriteConcern("majority", j=True),
        read_preference=ReadPreference.PRIMARY,
    )
    outcome = await work(session)
    while True:
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            # It is safe to repeat a commit. The deadline ends the loop.
            if error.timeout or not error.has_error_label("UnknownTransactionCommitResult"):
                raise
            await asyncio.sleep(_FIRST_PAUSE)
        else:
            return outcome


async def _abort_abandoned(client: Client) -> None:
    """Abort all abandoned transactions of this database user and application name. If the server does not
    permit that, it ends them itself after a minute.

    https://www.mongodb.com/docs/manual/reference/operator/aggregation/currentOp/
    """
    driver = client.options.pool_options.metadata
    abandoned = {
        "type": "idleSession",
        "appName": driver.get("application", {}).get("name"),
        "transaction.timeInactiveMicros": {"$gt": SILENCE * 1_000_000},
    }
    admin = client.get_database("admin", read_concern=ReadConcern("local"))
    with suppress(OperationFailure):
        found = await admin.aggregate(
            [
                {"$currentOp": {"allUsers": False, "idleSessions": True}},
                {"$match": abandoned},
                {"$project": {"lsid.id": 1}},
            ]
        )
        if sessions := [operation["lsid"] for operation in await found.to_list()]:
            await admin.command("killSessions", sessions)
