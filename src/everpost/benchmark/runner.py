"""A whole benchmark: checks, loads, measures and clears the databases."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from everpost.benchmark.blog import Size, make_records
from everpost.benchmark.client import running
from everpost.benchmark.databases import Say, require_empty, temporary_schema, unique_names
from everpost.benchmark.loader import load
from everpost.benchmark.measurement import ROUNDS, Subject, measure
from everpost.benchmark.operations import fetch_loaded_blog
from everpost.benchmark.results import MeasuredDatabase, Results
from everpost.domain.clock import now
from everpost.domain.people.tokens import new_secret
from everpost.errors import WrongAnswer
from everpost.settings import Settings

Progress: TypeAlias = Callable[[], AbstractContextManager[Callable[[str, int, int], None]]]
"""Opens a progress display; its function takes the action, the number of records done and their total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkOptions:
    """The options of a benchmark."""

    urls: Sequence[str]
    size: Size
    seconds: float
    """For each operation on each database, all rounds together."""
    connections: int
    """Concurrent requests."""


async def run(options: BenchmarkOptions, settings: Settings, say: Say, progress: Progress) -> Results:
    """Run the benchmark. Every database must be empty, and is empty again afterwards. All of them are checked
    before anything is written.

    Raises Misconfigured, Unreachable, Occupied (a database is not empty), WrongAnswer, Busy.
    """
    names = unique_names(options.urls)
    for url, name in zip(options.urls, names, strict=True):
        await require_empty(url, name, timeout=settings.database_timeout)
    secret = new_secret()
    async with AsyncExitStack() as resources:
        subjects, databases = [], []
        for url, name in zip(options.urls, names, strict=True):
            server = await resources.enter_async_context(
                temporary_schema(url, name, say, timeout=settings.database_timeout)
            )
            say(f"{name}: {server}")
            databases.append(MeasuredDatabase(name, server))
            # The generated blog has its own token.
            blog_settings = settings.model_copy(update={"database_url": url, "admin_token": None})
            await _load(blog_settings, name, options.size, secret, progress)
            subjects.append(
                await resources.enter_async_context(_subject(blog_settings, name, options.size, secret))
            )
        measured = await measure(subjects, say, seconds=options.seconds, connections=options.connections)
    return Results(
        databases=databases,
        measured=measured,
        size=options.size,
        seconds=options.seconds,
        rounds=ROUNDS,
        connections=options.connections,
        ended_at=now(),
    )


async def _load(settings: Settings, name: str, size: Size, secret: str, progress: Progress) -> None:
    with progress() as show:
        show(f"Loading {name}", 0, size.records)
        await load(
            settings.database_url,
            make_records(size, secret),
            timeout=settings.database_timeout,
            loaded=lambda done: show(f"Loading {name}", done, size.records),
        )


@asynccontextmanager
async def _subject(settings: Settings, name: str, size: Size, secret: str) -> AsyncIterator[Subject]:
    from everpost.app import create_api  # importing FastAPI takes longer than other commands

    async with running(create_api(settings)) as application:
        try:
            loaded = await fetch_loaded_blog(application, size, secret)
        except WrongAnswer as error:
            raise WrongAnswer(f"{name} failed: {error.message}") from None
        yield Subject(name, application, loaded)
