"""Questions that are put to a database together."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Turns(Generic[Question, Answer]):
    """Takes questions in turns: those that come while a turn is under way are the next one, at most so many.
    So each is answered from what the database has after it was asked, and many cost one round trip.
    """

    def __init__(
        self, answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], *, most: int
    ) -> None:
        self._answer = answer
        self._most = most
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._work: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._work is None

    async def ask(self, question: Question) -> Answer:
        """The answer. Raises what answering the turn raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, future))
        if self._work is None:
            self._work = loop.create_task(self._take_turns())
        return await future

    async def _take_turns(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(0)  # who asks in this round of the loop comes along
                turn, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._take(turn)
        finally:
            self._work = None
            for _, future in self._waiting:
                future.cancel()
            self._waiting.clear()

    async def _take(self, turn: Sequence[tuple[Question, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._answer([question for question, _ in turn])
        except BaseException as error:
            for _, future in turn:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for (_, future), answer in zip(turn, answers, strict=True):
                if not future.done():
                    future.set_result(answer)


class TurnsByKey(Generic[Key, Question, Answer]):
    """Turns for each key: questions under one wait for those under no other."""

    def __init__(
        self, answer: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], *, most: int
    ) -> None:
        self._answer = answer
        self._most = most
        self._turns: dict[Key, Turns[Question, Answer]] = {}

    async def ask(self, key: Key, question: Question) -> Answer:
        """As for `Turns`."""
        turns = self._turns.get(key)
        if turns is None:
            turns = self._turns[key] = Turns(self._answer, most=self._most)
        try:
            return await turns.ask(question)
        finally:
            if turns.is_idle and self._turns.get(key) is turns:
                del self._turns[key]
