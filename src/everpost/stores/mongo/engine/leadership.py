"""Answers that the majority confirms.

MongoDB reads what the majority has, but from a primary that may just have been replaced without knowing it,
and lacks what the new primary has acknowledged since. So every answer is confirmed: the primary that gave it
was still the primary after the call began. Raft calls this a read index
(https://web.stanford.edu/~ouster/cgi-bin/papers/OngaroPhD.pdf, section 6.4).
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from pymongo.errors import ConnectionFailure

from everpost.errors import Busy, EverpostError, Unreachable
from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.engine.errors import translated
from everpost.stores.turns import Turns

Part = TypeVar("Part")
Method = Callable[..., Awaitable[Any]]

READS = frozenset(
    {
        *("get", "find", "page", "read", "count", "tags", "branches", "queue", "transfer"),
        *("validators", "page_validators", "ground"),
    }
)
"""The methods of the port that only read. The majority acknowledges what the others write anyway, but not
what they refuse.
"""
_MOST_TOGETHER = 1_000
_ATTEMPTS = 5


class Leadership:
    """Confirms that the primary still leads; calls that wait at the same time share a confirmation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns: Turns[None, None] = Turns(self._ask_majority, most=_MOST_TOGETHER)

    def confirm_answers_of(self, part: Part) -> None:
        """Wrap every method of a part of the store, so that only confirmed answers are returned."""
        for name, method in inspect.getmembers(type(part), inspect.iscoroutinefunction):
            if not name.startswith("_"):
                confirmed = self._reading if name in READS else self._writing
                setattr(part, name, confirmed(method.__get__(part)))

    def _reading(self, method: Method) -> Method:
        @wraps(method)
        async def reading(*args: object, **kwargs: object) -> object:
            for _ in range(_ATTEMPTS):
                term = self._term
                answer, confirmed = await asyncio.gather(
                    method(*args, **kwargs), self._confirm(), return_exceptions=True
                )
                if isinstance(confirmed, BaseException):
                    raise confirmed
                if confirmed and term == self._term:
                    if isinstance(answer, BaseException):
                        raise answer
                    return answer
            raise Busy

        return reading

    def _writing(self, method: Method) -> Method:
        @wraps(method)
        async def writing(*args: object, **kwargs: object) -> object:
            term = self._term
            try:
                return await method(*args, **kwargs)
            except (Busy, Unreachable):
                raise
            except EverpostError as error:
                if await self._confirm() and term == self._term:
                    raise
                raise Busy from error

        return writing

    @property
    def _term(self) -> object:
        """Changes with each election that this process learns of."""
        return self._database.client.topology_description.max_election_id

    @translated
    async def _confirm(self) -> bool:
        """Whether the majority follows the primary. Busy: unknown in time."""
        try:
            await self._turns.ask(None)
        except ConnectionFailure as error:
            if error.timeout:
                raise
            return False
        return True

    async def _ask_majority(self, questions: Sequence[None]) -> Sequence[None]:
        # A plain command: PyMongo would send a cursor's to the next primary where this one fails.
        await self._database.command(
            {"find": "blog", "projection": {"_id": 1}, "limit": 1, "readConcern": {"level": "linearizable"}}
        )
        return questions
