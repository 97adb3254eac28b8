"""The measurement: in rounds, each operation on every database in turn. What else the machine does meanwhile
meets all of them alike.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from everpost.benchmark.client import Application, ask
from everpost.benchmark.databases import Say
from everpost.benchmark.operations import OPERATIONS, Loaded, Operation
from everpost.benchmark.results import Figures, Measured
from everpost.errors import WrongAnswer

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """An application over a database that is loaded."""

    name: str
    application: Application
    loaded: Loaded


async def measure(
    subjects: Sequence[Subject], say: Say, *, seconds: float, connections: int
) -> dict[Operation, list[Measured]]:
    """Every operation on every database, so many seconds each, with so many requests under way at once: the
    reads first, so that they find the same blog everywhere. WrongAnswer.
    """
    figures: dict[Operation, list[list[Figures]]] = {each: [[] for _ in subjects] for each in OPERATIONS}
    for writes in (False, True):
        operations = [each for each in OPERATIONS if each.writes is writes]
        for operation in operations:
            for subject in subjects:
                await _drive(subject, operation, Random("first"), 0, connections)  # noqa: S311
        for number in range(ROUNDS):
            say(f"Measuring {'writes' if writes else 'reads'}, round {number + 1} of {ROUNDS}")
            for operation in operations:
                for place in _in_turn(len(subjects), number):
                    random = Random(f"{operation.name} {number}")  # noqa: S311 - the same for each database
                    driven = await _drive(subjects[place], operation, random, seconds / ROUNDS, connections)
                    figures[operation][place].append(driven)
    return {operation: [Measured(rounds) for rounds in columns] for operation, columns in figures.items()}


def _in_turn(count: int, first: int) -> list[int]:
    """All places; each round another one comes first."""
    return [(first + place) % count for place in range(count)]


async def _drive(
    subject: Subject, operation: Operation, random: Random, seconds: float, connections: int
) -> Figures:
    """Each connection asks again as soon as it has its answer, and at least once."""
    took: list[float] = []
    began = time.perf_counter()

    async def ask_and_ask() -> None:
        while True:
            request = operation.ask(random, subject.loaded)
            asked = time.perf_counter()
            await ask(subject.application, request)
            answered = time.perf_counter()
            took.append(answered - asked)
            if answered - began >= seconds:
                return

    reason: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(ask_and_ask())
    except* WrongAnswer as errors:
        reason = errors.exceptions[0]
    # Raised up there it would come in a group: https://github.com/python/cpython/issues/103590
    if reason is not None:
        raise WrongAnswer(f"{subject.name} failed at {operation.name!r}: {reason}")
    return Figures.of(took, within=time.perf_counter() - began)
