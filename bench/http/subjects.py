"""The subjects that are measured: Everpost and the tutorial's way on each store, and the limit."""

import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from devtools.servers import Servers
from devtools.servers.databases import Databases, SqlDatabases
from devtools.servers.sqlite import SqliteDatabases
from sqlalchemy.engine import make_url

from bench.baselines import LATIN
from bench.http.blog import MeasuredBlog, fill_tutorial, make_blog
from bench.http.operations import EVERPOST, HOT, LIMIT, OPERATIONS, REFERENCE, TUTORIAL, Operation, Target
from bench.http.processes import Program
from bench.http.wrk import ask_once, describe_wrk, open_client, target_of
from bench.servers import fresh, open_databases
from everpost.app import API
from everpost.benchmark.client import Request
from everpost.benchmark.databases import describe_server
from everpost.benchmark.loader import load
from everpost.benchmark.machine import describe_machine, describe_packages

PATIENT = {
    "EVERPOST_FAILED_LOGINS_PER_HOUR": "1000000",
    "EVERPOST_GUEST_COMMENTS_PER_ADDRESS": "1000000",
    "EVERPOST_GUEST_COMMENTS_PER_POST": "1000000",
    "EVERPOST_DATABASE_TIMEOUT": "60",
}
"""Everybody has one address here (logins that are under way count as failed until they succeed), and a
machine that has other things to do is to be slow, not to fail.
"""
SERVE = ("everpost", "serve", "--port", "{port}")
UVICORN = ("uvicorn", "--port", "{port}", "--log-level", "warning", "--no-access-log")
# As `everpost serve` runs it, see src/everpost/cli/serve.py.
GRANIAN = (
    *("granian", "--interface", "asgi", "--loop", "auto", "--http", "1", "--no-ws", "--workers", "1"),
    *("--log-level", "warning", "--respawn-failed-workers", "--workers-kill-timeout", "10"),
    *("--port", "{port}"),
)


@dataclass(frozen=True)
class Subject:
    """A program that is measured; `store` is its database, at the URL. The limit has none."""

    kind: str
    store: str
    program: Program
    target: Target
    url: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.store}".strip()

    def measures(self, operation: Operation) -> bool:
        return self.kind in operation.subjects

    def request(self, operation: Operation, number: int) -> Request:
        """The request for the round with this number."""
        request = operation.request(self.target, number)
        return replace(request, path=f"/{operation.name}", query="") if self.kind == LIMIT else request

    def again(self, url: str) -> Program:
        """The same program on the same database, at another URL."""
        return _tutorial(url) if self.kind == TUTORIAL else _everpost_as(self.kind, url)


def everpost(url: str, **settings: object) -> Program:
    """`everpost serve` on the database at the URL, with these settings, named as in `Settings`."""
    given = {f"EVERPOST_{name.upper()}": str(value) for name, value in settings.items()}
    environment = PATIENT | {"EVERPOST_DATABASE_URL": url} | given
    return Program(SERVE, environment, ready="/health/ready")


def _everpost_as(kind: str, url: str) -> Program:
    return everpost(url, sql_engine="reference") if kind == REFERENCE else everpost(url)


def _tutorial(url: str) -> Program:
    module = "mongo" if url.startswith("mongodb") else "sql"
    return Program((*UVICORN, f"bench.baselines.{module}:app"), {"DATABASE_URL": url}, ready="/posts?limit=0")


@asynccontextmanager
async def everpost_on(
    store: str, url: str, blog: MeasuredBlog, kind: str = EVERPOST
) -> AsyncIterator[Subject]:
    """Everpost with the blog, in the empty database at the URL."""
    await load(url, blog.records(), timeout=60)
    with _everpost_as(kind, url) as program:
        target = Target(blog.ids(), blog.threads, api=API, slug=blog.slug(HOT), secret=blog.secret)
        async with open_client(program) as client:
            answer = await ask_once(client, OPERATIONS["one-post"].request(target, 0), unique="")
        yield Subject(kind, store, program, replace(target, etag=answer.headers["etag"]), url)


@asynccontextmanager
async def tutorial_on(store: str, url: str, blog: MeasuredBlog) -> AsyncIterator[Subject]:
    """The tutorial's way with the blog, in the empty database at a URL that names its driver."""
    with _tutorial(url) as program:
        ids = await fill_tutorial(url, blog)
        yield Subject(TUTORIAL, store, program, Target(ids, blog.threads), url)


@asynccontextmanager
async def limit_of(measured: Subject, operations: Sequence[Operation]) -> AsyncIterator[Subject]:
    """A server that returns Everpost's responses to these operations as prebuilt bytes."""
    answers = {}
    async with open_client(measured.program) as client:
        for operation in operations:
            request = operation.request(measured.target, 0)
            method, path, sent = request.method, target_of(request), dict(request.headers)
            async with client.stream(method, path, headers=sent) as answer:
                body = b"".join([part async for part in answer.aiter_raw()])  # as sent: may be compressed
            headers = dict(answer.headers)
            headers.pop("date", None)  # which the server writes
            answers[f"/{operation.name}"] = {
                "status": answer.status_code,
                "headers": headers,
                "body": body.decode(LATIN),
            }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(answers, file)
        file.flush()
        command = (*GRANIAN, "bench.baselines.limit:app")
        with Program(command, {"ANSWERS": file.name}, ready=f"/{operations[0].name}") as program:
            yield Subject(LIMIT, "", program, measured.target)


def driver_url(databases: Databases, url: str) -> str:
    """The URL of a database in the form that SQLAlchemy needs, with the driver. SQLite has the same timeout
    as in Everpost.
    """
    if not isinstance(databases, SqlDatabases):
        return url
    query = {"timeout": "60"} if isinstance(databases, SqliteDatabases) else {}
    address = make_url(url).set(drivername=databases.drivername, query=query)
    return address.render_as_string(hide_password=False)


def blog_for(operations: Sequence[Operation], rounds: int) -> MeasuredBlog:
    """A blog with the threads that these operations need: for sizes up to 1,000 one for each round; longer
    threads hardly grow during a round.
    """
    sizes = {operation.thread for operation in operations if operation.thread is not None}
    return make_blog({size: rounds if size <= 1_000 else 1 for size in sorted(sizes)})


@asynccontextmanager
async def serving(
    servers: Servers,
    stores: Sequence[str],
    kinds: Sequence[str],
    operations: Sequence[Operation],
    rounds: int,
) -> AsyncIterator[list[Subject]]:
    """Every subject of these kinds on these stores, in the order of a round."""
    blog = blog_for(operations, rounds)
    async with AsyncExitStack() as stack:
        subjects = []
        for store in stores:
            databases = await stack.enter_async_context(open_databases(servers, store))
            if EVERPOST in kinds or LIMIT in kinds:
                url = await stack.enter_async_context(fresh(databases, "bench_everpost"))
                subjects.append(await stack.enter_async_context(everpost_on(store, url, blog)))
            if REFERENCE in kinds and store != "mongodb":
                url = await stack.enter_async_context(fresh(databases, "bench_reference"))
                subjects.append(await stack.enter_async_context(everpost_on(store, url, blog, REFERENCE)))
            if TUTORIAL in kinds:
                plain_url = await stack.enter_async_context(fresh(databases, "bench_tutorial"))
                url = driver_url(databases, plain_url)
                subjects.append(await stack.enter_async_context(tutorial_on(store, url, blog)))
        prebuilt = [operation for operation in operations if LIMIT in operation.subjects]
        if LIMIT in kinds and prebuilt:
            subjects.append(await stack.enter_async_context(limit_of(subjects[0], prebuilt)))
        yield [subject for subject in subjects if subject.kind in kinds]


async def describe_versions(subjects: Sequence[Subject]) -> str:
    """The versions of Python, the packages, Everpost's databases, and the load generator."""
    servers = {
        each.store: await describe_server(each.url, timeout=60) for each in subjects if each.kind == EVERPOST
    }
    facts = describe_machine()
    packages = describe_packages(("granian", "uvicorn", "uvloop", "pydantic"))
    return ", ".join([facts["Python"], facts["packages"], packages, *servers.values(), describe_wrk()])
