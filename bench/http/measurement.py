"""The measurement: in each round, each operation on every subject in turn."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, replace

import httpx
from devtools.servers.proxy import Proxy

from bench.http.operations import TUTORIAL, Operation
from bench.http.results import Results, ServedFigures
from bench.http.subjects import Subject
from bench.http.wrk import ask_once, drive, open_client
from bench.progress import say
from everpost.benchmark.client import Request
from everpost.errors import WrongAnswer

TIMES = 5
"""The approximate number of responses on each connection in a round, which is extended if necessary."""
LONGER = 2
"""The factor by which a round may be extended."""
TRIES = 6
"""For the tutorial's way, which sometimes crashes: after this many crashes, a round continues without it."""
DISTANCE = 0.001
"""Seconds of latency that are added to each round trip."""
DISTANT = frozenset({"one-post", "list-10", "add-10", "add-as-guest", "create", "change"})
"""The operations that are measured with added latency."""
WARMING, COUNTED = 3, 10
"""Requests for which round trips are not counted yet, and then are."""


async def measure(subjects: Sequence[Subject], operations: Sequence[Operation], results: Results) -> None:
    """Enter the medians of all rounds into the results. Raises WrongAnswer."""
    every: dict[tuple[str, str], list[ServedFigures]] = defaultdict(list)
    seconds: dict[tuple[str, str], int] = {}
    for number in range(results.rounds):
        for operation in operations:
            for subject in (each for each in subjects if each.measures(operation)):
                say(f"round {number + 1} of {results.rounds}: {operation.title}, {subject.key}")
                what = operation.name, subject.key
                for _ in range(TRIES):
                    try:
                        if what not in seconds:
                            seconds[what] = await _warm_up(subject, operation, results.seconds)
                        figures = await _measure_once(subject, operation, number, seconds[what])
                        every[what].append(figures)
                        break
                    except WrongAnswer as failure:
                        _start_again(subject, operation, failure, results)
    for (name, key), figures_of_rounds in every.items():
        results.figures.setdefault(name, {})[key] = ServedFigures.median(figures_of_rounds)
    results.megabytes = {subject.key: subject.program.megabytes() for subject in subjects}
    say("")


def _start_again(subject: Subject, operation: Operation, failure: WrongAnswer, results: Results) -> None:
    """Restart the tutorial's application if it crashed, and note that in the results; propagate all other
    failures.

    On SQLite, while comments are added to a long thread, its interpreter sometimes ends with a segmentation
    fault, in `gc_collect_main` or `_PyObject_Malloc` (Python 3.11.7, SQLAlchemy 2.1.9, greenlet 3.5.6,
    aiosqlite 0.22.1). No known upstream issue matches; it has not happened on PostgreSQL.
    """
    if subject.kind != TUTORIAL or not subject.program.has_crashed():
        raise WrongAnswer(f"{operation.title}, {subject.key}: {failure}") from None
    results.crashes[subject.key] = results.crashes.get(subject.key, 0) + 1
    subject.program.restart()


async def _warm_up(subject: Subject, operation: Operation, seconds: int) -> int:
    """Open connections to the database, and create everything else that is created once. Returns the number
    of seconds to measure.
    """
    request = subject.request(operation, 0)
    async with open_client(subject.program) as client:
        await _ask_at_once(client, request, operation.connections, unique="first")
        began = time.monotonic()
        await _ask_at_once(client, request, operation.connections, unique="second")
        took = time.monotonic() - began
    return min(LONGER * seconds, max(seconds, math.ceil(TIMES * took)))


async def _ask_at_once(client: httpx.AsyncClient, request: Request, connections: int, *, unique: str) -> None:
    """Send as many concurrent requests as there will be connections."""
    asking = (ask_once(client, request, unique=f"{unique}-{each}") for each in range(connections))
    await asyncio.gather(*asking)


async def _measure_once(subject: Subject, operation: Operation, number: int, seconds: int) -> ServedFigures:
    """Measure one operation on one subject, whose responses are checked before and afterwards."""
    request, program = subject.request(operation, number), subject.program
    async with open_client(program) as client:
        await ask_once(client, request, unique=f"before-{number}")
        program.wait_until_quiet()
        began = program.cpu_seconds()
        driven = await drive(program, request, seconds=seconds, connections=operation.connections)
        program.wait_until_quiet()
        cpu = program.cpu_seconds() - began
        await ask_once(client, request, unique=f"after-{number}")
    carried_out = driven.requests + driven.abandoned
    return ServedFigures(**asdict(driven.figures), cpu=cpu * 1000 / carried_out)


async def count_round_trips(
    subjects: Sequence[Subject], operations: Sequence[Operation], results: Results
) -> None:
    """Count the round trips of each operation to the database, in separate processes, so that counting does
    not affect the measurements. SQLite runs in the process, so it has none.
    """
    for subject in (each for each in subjects if each.store not in {"", "sqlite"}):
        with Proxy(subject.url) as proxy, subject.again(proxy.url) as program:
            async with open_client(program) as client:
                for operation in (each for each in operations if subject.measures(each)):
                    say(f"round trips: {operation.title}, {subject.key}")
                    count = await _round_trips(client, proxy, subject.request(operation, 0))
                    results.round_trips.setdefault(operation.name, {})[subject.key] = count
    say("")


async def measure_at_a_distance(
    subjects: Sequence[Subject], operations: Sequence[Operation], results: Results
) -> None:
    """Record one round of figures for the operations in `DISTANT`, with the latency of a database on another
    machine.
    """
    for subject in (each for each in subjects if each.store not in {"", "sqlite"}):
        with Proxy(subject.url, latency=DISTANCE) as proxy, subject.again(proxy.url) as program:
            distant = replace(subject, program=program)
            for operation in (each for each in operations if each.name in DISTANT):
                if not subject.measures(operation):
                    continue
                say(f"{DISTANCE * 1000:g} ms away: {operation.title}, {subject.key}")
                seconds = await _warm_up(distant, operation, results.seconds)
                figures = await _measure_once(distant, operation, results.rounds, seconds)
                results.distant.setdefault(operation.name, {})[subject.key] = figures
    say("")


async def _round_trips(client: httpx.AsyncClient, proxy: Proxy, request: Request) -> float:
    """The round trips of one request, once statements are prepared and connections open."""
    for number in range(WARMING):
        await ask_once(client, request, unique=f"warming-{number}")
    before = proxy.count
    for number in range(COUNTED):
        await ask_once(client, request, unique=f"counted-{number}")
    return (proxy.count - before) / COUNTED
