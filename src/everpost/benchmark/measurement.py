"""The measurement: in each round, each operation runs on every database in turn, so that other work on the
machine affects all of them alike.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from everpost.benchmark.client import Application, ask
from everpost.benchmark.databases import Say
from everpost.benchmark.operations import OPERATIONS, LoadedBlog, Operation
from everpost.benchmark.results import Figures, Measured
from everpost.errors import WrongAnswer

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """An application whose database has been loaded."""

    name: str
    application: Application
    loaded: LoadedBlog


async def measure(
    subjects: Sequence[Subject], say: Say, *, seconds: float, connections: int
) -> dict[Operation, list[Measured]]:
    """Measure every operation on every database: `seconds` each, with `connections` concurrent requests.
    Reads come first, so that they find the same blog on every database. Raises WrongAnswer.
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
                    figures_of_round = await _drive(
                        subjects[place], operation, random, seconds / ROUNDS, connections
                    )
                    figures[operation][place].append(figures_of_round)
    return {operation: [Measured(rounds) for rounds in columns] for operation, columns in figures.items()}


def _in_turn(count: int, first: int) -> list[int]:
    """The order of one round: each round begins with another database."""
    return [(first + place) % count for place in range(count)]


async def _drive(
    subject: Subject, operation: Operation, random: Random, seconds: float, connections: int
) -> Figures:
    """Send requests on all connections, each as soon as the one before it is answered, and at least one."""
    latencies: list[float] = []
    started_at = time.perf_counter()

    async def send_repeatedly() -> None:
        while True:
            request = operation.ask(random, subject.loaded)
            sent_at = time.perf_counter()
            await ask(subject.application, request)
            answered_at = time.perf_counter()
            latencies.append(answered_at - sent_at)
            if answered_at - started_at >= seconds:
                return

    reason: BaseException | None = None
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(send_repeatedly())
    except* WrongAnswer as errors:
        reason = errors.exceptions[0]
    # Inside `except*` it would be raised in a group: https://github.com/python/cpython/issues/103590
    if reason is not None:
        raise WrongAnswer(f"{subject.name} failed at {operation.name!r}: {reason}")
    return Figures.of(latencies, within=time.perf_counter() - started_at)
