"""Confirmation by the majority that answers are not stale.

With read concern `majority`, a primary that has just been replaced without knowing it still answers, and
lacks the writes that the new primary has acknowledged since. So every answer is confirmed: the server that
gave it was still the primary after the call began. This is the read index of Raft
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
    """Confirms that the primary is still the primary; concurrent calls share a confirmation."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batcher: Batcher[None, None] = Batcher(self._ask_majority, most=_MOST_TOGETHER)

    async def confirm_answer(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return or raise what the call does, once confirmed. Raises Busy if it cannot be confirmed."""
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
        """Return what the call returns, or raise what it raises once that is confirmed. Raises Busy if it
        cannot be confirmed.
        """
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
        """A value that changes with each election that this process learns of."""
        return self._database.client.topology_description.max_election_id

    @translated
    async def _confirm(self) -> bool:
        """Whether the majority follows the primary. Raises Busy if the majority does not answer in time."""
        try:
            await self._batcher.load(None)
        except ConnectionFailure as error:
            if error.timeout:
                raise
            return False
        return True

    async def _ask_majority(self, questions: Sequence[None]) -> Sequence[None]:
        # A plain command, because PyMongo would retry a cursor's command on the next primary.
        await self._database.command(
            {"find": "blog", "projection": {"_id": 1}, "limit": 1, "readConcern": {"level": "linearizable"}}
        )
        return questions


class Part:
    """A part of the store. Each of its public methods is `reads` or `writes`."""

    leadership: Leadership | None = None
    """None if no other server can become the primary, so that nothing needs confirmation."""


AnyPart = TypeVar("AnyPart", bound=Part)
Method = Callable[Concatenate[AnyPart, Arguments], Coroutine[Any, Any, Answer]]


def reads(method: Method[AnyPart, Arguments, Answer]) -> Method[AnyPart, Arguments, Answer]:
    """Decorate a method of the port that only reads: it is `translated`, and its answers are confirmed."""
    call = translated(method)

    @wraps(method)
    async def reading(part: AnyPart, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        if part.leadership is None:
            return await call(part, *args, **kwargs)
        return await part.leadership.confirm_answer(partial(call, part, *args, **kwargs))

    return reading


def writes(method: Method[AnyPart, Arguments, Answer]) -> Method[AnyPart, Arguments, Answer]:
    """Decorate a method of the port that writes: it is `translated`, and its refusals are confirmed. The
    majority acknowledges its writes, so they need no confirmation.
    """
    call = translated(method)

    @wraps(method)
    async def writing(part: AnyPart, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        if part.leadership is None:
            return await call(part, *args, **kwargs)
        return await part.leadership.confirm_refusal(partial(call, part, *args, **kwargs))

    return writing
