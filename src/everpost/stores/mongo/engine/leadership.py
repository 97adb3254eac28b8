"""Answers that the majority confirms.

MongoDB reads what the majority has, but from a primary that may just have been replaced without knowing it,
and lacks what the new primary has acknowledged since. So every answer is confirmed: the primary that gave it
was still the primary after the call began. Raft calls this a read index
(https://web.stanford.edu/~ouster/cgi-bin/papers/OngaroPhD.pdf, section 6.4).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from pymongo.errors import ConnectionFailure

from everpost.errors import Busy, EverpostError, Unreachable
from everpost.stores.batching import Batcher
from everpost.stores.mongo.engine.connection import Database
from everpost.stores.mongo.engine.errors import translated

_MOST_TOGETHER = 1_000
_ATTEMPTS = 5

Answer = TypeVar("Answer")
Arguments = ParamSpec("Arguments")


class Leadership:
    """Confirms that the primary still leads; calls that wait at the same time share a confirmation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns: Batcher[None, None] = Batcher(self._ask_majority, most=_MOST_TOGETHER)

    async def confirm_answer(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """What the call returns or raises, once it is confirmed. Busy."""
        for _ in range(_ATTEMPTS):
            term = self._term
            answer: Answer | BaseException
            answer, confirmed = await asyncio.gather(call(), self._confirm(), return_exceptions=True)
            if isinstance(confirmed, BaseException):
                raise confirmed
            if confirmed and term == self._term:
                if isinstance(answer, BaseException):
                    raise answer
                return answer
        raise Busy

    async def confirm_refusal(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """What the call returns, or what it raises once that is confirmed. Busy."""
        term = self._term
        try:
            return await call()
        except (Busy, Unreachable):
            raise
        except EverpostError as error:
            if await self._confirm() and term == self._term:
                raise
            raise Busy from error

    @property
    def _term(self) -> object:
        """Changes with each election that this process learns of."""
        return self._database.client.topology_description.max_election_id

    @translated
    async def _confirm(self) -> bool:
        """Whether the majority follows the primary. Busy: unknown in time."""
        try:
            await self._turns.load(None)
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


class Part:
    """A part of the store. Each of its public methods is `reads` or `writes`."""

    leadership: Leadership | None = None
    """None: no other server could become the primary, so there is nothing to confirm."""


AnyPart = TypeVar("AnyPart", bound=Part)
Method = Callable[Concatenate[AnyPart, Arguments], Coroutine[Any, Any, Answer]]


def reads(method: Method[AnyPart, Arguments, Answer]) -> Method[AnyPart, Arguments, Answer]:
    """A method of the port that only reads: `translated`, and only confirmed answers are returned."""
    call = translated(method)

    @wraps(method)
    async def reading(part: AnyPart, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        if part.leadership is None:
            return await call(part, *args, **kwargs)
        return await part.leadership.confirm_answer(partial(call, part, *args, **kwargs))

    return reading


def writes(method: Method[AnyPart, Arguments, Answer]) -> Method[AnyPart, Arguments, Answer]:
    """A method of the port that writes, which the majority acknowledges: `translated`, and only what it
    refuses is confirmed.
    """
    call = translated(method)

    @wraps(method)
    async def writing(part: AnyPart, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        if part.leadership is None:
            return await call(part, *args, **kwargs)
        return await part.leadership.confirm_refusal(partial(call, part, *args, **kwargs))

    return writing
