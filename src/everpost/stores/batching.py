"""Turns of the tasks of a process: questions that are put to a database together, and locks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from contextvars import Context
from functools import partial
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from everpost.errors import Busy
from everpost.stores import deadlines

Key = TypeVar("Key", bound=Hashable)
Question = TypeVar("Question")
Answer = TypeVar("Answer")


_SWEEP_EVERY = 0.1
"""Seconds."""


class _Asked(NamedTuple, Generic[Question, Answer]):
    question: Question
    answer: asyncio.Future[Answer]
    deadline: float | None


class Batcher(Generic[Question, Answer]):
    """Batches queries in turns: those that arrive while a turn is under way form the next one, up to a limit.
    So each is answered from what the database has after its call, and many cost one round trip. A turn ends
    at the latest deadline of its callers; each of them waits until about its own.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
        *,
        most: int,
        when_idle: Callable[[], object] = lambda: None,
    ) -> None:
        """`when_idle` is called at the end of the last turn that anybody waited for."""
        self._answer = answer
        self._most = most
        self._when_idle = when_idle
        self._waiting: list[_Asked[Question, Answer]] = []
        self._taken: Sequence[_Asked[Question, Answer]] = ()
        self._work: asyncio.Task[None] | None = None
        self._sweeping: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._work is None

    async def ask(self, question: Question) -> Answer:
        """The answer. Raises what answering the turn raises; Busy at the caller's deadline."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append(_Asked(question, future, deadlines.deadline()))
        if self._work is None:
            # Not in the context of the first caller, whose deadline a driver may keep there.
            self._work = loop.create_task(self._take_turns(), context=Context())
        if self._sweeping is None:
            self._sweeping = loop.call_later(_SWEEP_EVERY, self._sweep)
        return await future

    async def finish(self) -> None:
        """Return when no turn is under way any more."""
        if self._work is not None:
            await asyncio.wait([self._work])

    async def _take_turns(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # who asks in this round of the loop comes along
                turn, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._take([asked for asked in turn if not asked.answer.done()])
        finally:
            self._work = None
            for asked in self._waiting:
                asked.answer.cancel()
            self._waiting.clear()
            self._when_idle()

    async def _take(self, turn: Sequence[_Asked[Question, Answer]]) -> None:
        self._taken = turn
        try:
            with deadlines.ending(deadlines.latest([asked.deadline for asked in turn])):
                answers = await self._answer([asked.question for asked in turn]) if turn else ()
        except BaseException as error:
            for asked in turn:
                if not asked.answer.done():
                    asked.answer.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for asked, answer in zip(turn, answers, strict=True):
                if not asked.answer.done():
                    asked.answer.set_result(answer)

    def _sweep(self) -> None:
        """Fail the callers whose deadline has passed: one timer for all, because timers are not free."""
        loop = asyncio.get_running_loop()
        is_working, now = self._work is not None, loop.time()
        self._sweeping = loop.call_later(_SWEEP_EVERY, self._sweep) if is_working else None
        for asked in (*self._taken, *self._waiting) if is_working else ():
            if asked.deadline is not None and asked.deadline <= now and not asked.answer.done():
                asked.answer.set_exception(Busy())


class KeyedBatcher(Generic[Key, Question, Answer]):
    """Turns for each key: questions under one wait for those under no other."""

    def __init__(
        self, answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], *, most: int
    ) -> None:
        self._answer = answer
        self._most = most
        self._turns: dict[Key, Batcher[Question, Answer]] = {}

    def __len__(self) -> int:
        """The number of keys with a turn under way."""
        return len(self._turns)

    async def ask(self, key: Key, question: Question) -> Answer:
        """As for `Batcher`."""
        turns = self._turns.get(key)
        if turns is None:
            forget = partial(self._turns.pop, key)
            turns = self._turns[key] = Batcher(self._answer, most=self._most, when_idle=forget)
        return await turns.ask(question)

    async def finish(self) -> None:
        """Return when no turn is under way any more."""
        await asyncio.gather(*(turns.finish() for turns in list(self._turns.values())))


class KeyedLocks(Generic[Key]):
    """A lock for each key, which tasks get in the order of their requests."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, key: Key) -> AsyncIterator[None]:
        """Hold the lock. Busy: the deadline of the request passed before others released it."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with asyncio.timeout_at(deadlines.deadline()):
                await lock.acquire()
        except TimeoutError as error:
            raise Busy from error
        try:
            yield
        finally:
            lock.release()
