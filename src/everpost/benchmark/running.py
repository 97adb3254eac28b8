"""A whole run: the databases looked at, lent, loaded, measured, and given back."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeAlias

from everpost.benchmark.blog import Size, make_records
from everpost.benchmark.client import running
from everpost.benchmark.databases import Say, borrowed, name_all, require_empty
from everpost.benchmark.loading import load
from everpost.benchmark.measuring import ROUNDS, Subject, measure
from everpost.benchmark.operations import learn
from everpost.benchmark.results import Database, Results
from everpost.domain.clock import now
from everpost.domain.people.tokens import new_secret
from everpost.errors import WrongAnswer
from everpost.settings import Settings

Progress: TypeAlias = Callable[[], AbstractContextManager[Callable[[str, int, int], None]]]
"""Shows, while it is open, what is done, how many records are done, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkOptions:
    """What is to be measured."""

    urls: Sequence[str]
    size: Size
    seconds: float
    """For each operation on each database, altogether."""
    connections: int
    """Requests under way at once."""


async def run(wishes: BenchmarkOptions, settings: Settings, say: Say, progress: Progress) -> Results:
    """Measure; every database is empty before and after. All are looked at before one is written to.

    Misconfigured, Unreachable, Occupied (a database is not empty), WrongAnswer, Busy.
    """
    names = name_all(wishes.urls)
    for url, name in zip(wishes.urls, names, strict=True):
        await require_empty(url, name, timeout=settings.database_timeout)
    secret = new_secret()
    async with AsyncExitStack() as lent:
        subjects, databases = [], []
        for url, name in zip(wishes.urls, names, strict=True):
            server = await lent.enter_async_context(
                borrowed(url, name, say, timeout=settings.database_timeout)
            )
            say(f"{name}: {server}")
            databases.append(Database(name, server))
            # A token for the first admin is none of this blog's.
            its_settings = settings.model_copy(update={"database_url": url, "admin_token": None})
            await _load(its_settings, name, wishes.size, secret, progress)
            subjects.append(await lent.enter_async_context(_subject(its_settings, name, wishes.size, secret)))
        measured = await measure(subjects, say, seconds=wishes.seconds, connections=wishes.connections)
    return Results(
        databases=databases,
        measured=measured,
        size=wishes.size,
        seconds=wishes.seconds,
        rounds=ROUNDS,
        connections=wishes.connections,
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
    from everpost.app import create_app  # FastAPI takes longer to import than other commands take

    async with running(create_app(settings)) as application:
        try:
            loaded = await learn(application, size, secret)
        except WrongAnswer as error:
            raise WrongAnswer(f"{name} failed: {error.message}") from None
        yield Subject(name, application, loaded)
