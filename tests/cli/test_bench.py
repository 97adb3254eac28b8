"""`everpost bench`, on every database."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TypeVar
from urllib.parse import urlsplit
from xml.etree.ElementTree import fromstring

import pytest
from pymongo import MongoClient
from sqlalchemy import Connection, inspect, text

from everpost.benchmark import measurement
from everpost.benchmark.client import Request
from everpost.benchmark.operations import OPERATIONS, LoadedBlog, Operation
from everpost.stores.addresses import describe_url
from everpost.stores.sql.engine import make_engine
from tests.cli.conftest import Command, Outcome
from tests.faults.served import PATIENCE

SMALL = ("--posts", "20", "--comments", "5", "--seconds", "0.03", "--connections", "3")

Result = TypeVar("Result")


def asked(url: str, question: Callable[[Connection], Result]) -> Result:
    """The result of a query to a SQL database."""

    async def ask() -> Result:
        engine = make_engine(url, timeout=PATIENCE, pool_size=1)
        async with engine.connect() as connection:
            answer = await connection.run_sync(question)
        await engine.dispose()
        return answer

    return asyncio.run(ask())


def contents_of(url: str) -> list[str]:
    """The contents of a database; if its file does not exist, the files beside it."""
    if url.startswith("mongodb"):
        with MongoClient[dict[str, object]](url) as client:
            return client[urlsplit(url).path[1:]].list_collection_names()
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite") and not file.exists():
        return [each.name for each in file.parent.glob(f"{file.name}*")]
    return asked(url, lambda connection: inspect(connection).get_table_names())


def put_a_diary_into(url: str) -> None:
    """Add data of another application."""
    if url.startswith("mongodb"):
        with MongoClient[dict[str, object]](url) as client:
            client[urlsplit(url).path[1:]]["diary"].insert_one({"day": 1})
    else:
        asked(url, lambda connection: connection.execute(text("CREATE TABLE diary (day INTEGER)")))


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The path of the report, which does not exist yet."""
    return tmp_path / "report.html"


@pytest.fixture
def bench(everpost: Command, report: Path) -> Command:
    """Runs a small `everpost bench` on these databases, with additional options."""
    return lambda *arguments: everpost("bench", *SMALL, "--report", str(report), *arguments)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Restricts the measurement to these operations."""
    return lambda *operations: monkeypatch.setattr(measurement, "OPERATIONS", operations)


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    """The URL of an SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'other.db'}"


def assert_complete(outcome: Outcome, report: Path, *urls: str) -> None:
    """Assert that the output and the report contain every operation on each of these databases."""
    page = "".join(fromstring(report.read_text().removeprefix("<!DOCTYPE html>")).itertext())
    for output in (outcome.out, page):
        for url in urls:
            assert output.count(describe_url(url)) >= 3  # over a column, and with its reads and its writes
        assert "No request failed." in output
        assert "20 posts with 5 comments each" in output
    assert all(each.name in outcome.out and each.name in page for each in OPERATIONS)
    assert outcome.out.endswith(f"Wrote the report to {report}.\n")


def test_a_database_is_measured_and_left_as_empty_as_it_was(
    bench: Command, database_url: str, report: Path
) -> None:
    outcome = bench(database_url)
    assert (outcome.status, contents_of(database_url)) == (0, [])
    assert_complete(outcome, report, database_url)
    assert outcome.err.endswith(f"Cleaning up {describe_url(database_url)}\n")


def test_two_databases_are_compared(bench: Command, file_url: str, report: Path) -> None:
    another = file_url.replace("other.db", "a&b <i>.db")
    outcome = bench(file_url, another)
    assert (outcome.status, contents_of(file_url), contents_of(another)) == (0, [], [])
    assert_complete(outcome, report, file_url, another)
    assert outcome.out.count(" * ") >= len(OPERATIONS)


def test_a_database_that_is_not_empty_is_refused(bench: Command, database_url: str, file_url: str) -> None:
    put_a_diary_into(database_url)
    outcome = bench(file_url, database_url)
    assert outcome.status == 1
    assert outcome.err.startswith(f"everpost: {describe_url(database_url)} is not empty: it has diary.")
    assert (contents_of(database_url), contents_of(file_url)) == (["diary"], [])


def test_the_url_that_is_bad_is_named(bench: Command, file_url: str) -> None:
    outcome = bench(file_url, "postgresql://ann:pass#word@127.0.0.1/blog")
    assert outcome.status == 1
    assert outcome.err.startswith("everpost: postgresql://ann@127.0.0.1/blog: The database URL ")
    assert contents_of(file_url) == []


def test_a_blog_is_refused(bench: Command, everpost: Command, blog_database: str) -> None:
    everpost("user", "add", "ann@example.org", "--name", "Ann", "--no-password")
    users = everpost("user", "list").out
    outcome = bench(blog_database)
    assert outcome.status == 1
    assert outcome.err.startswith(f"everpost: {describe_url(blog_database)} is not empty")
    assert "Ann" in users
    assert everpost("user", "list").out == users


def test_a_file_that_is_refused_is_not_touched(bench: Command, file_url: str, tmp_path: Path) -> None:
    put_a_diary_into(file_url)
    asked(file_url, lambda connection: connection.execute(text("PRAGMA journal_mode = DELETE")))
    before = Path(f"{tmp_path}/other.db").read_bytes()
    assert bench(file_url).status == 1
    assert Path(f"{tmp_path}/other.db").read_bytes() == before
    assert [each.name for each in tmp_path.glob("other.db*")] == ["other.db"]


def test_a_file_that_is_no_database_is_refused(bench: Command, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ann, " * 100)
    outcome = bench(f"sqlite:///{letter}")
    assert (outcome.status, outcome.err.count("\n")) == (1, 1)
    assert "file is not a database" in outcome.err
    assert letter.read_text() == "Dear Ann, " * 100


def test_one_database_under_two_names_is_used_once(bench: Command, file_url: str) -> None:
    outcome = bench(file_url, file_url)
    assert (outcome.status, outcome.err) == (
        1,
        "everpost: The same database is given twice: give each only once.\n",
    )
    outcome = bench(file_url, file_url.replace("/other.db", "/./other.db"))
    assert outcome.status == 1
    assert "another of the URLs is the same database" in outcome.err
    assert contents_of(file_url) == []


def test_a_database_that_cannot_be_reached_is_one_clear_line(
    bench: Command, file_url: str, tmp_path: Path
) -> None:
    for missing in (f"sqlite:///{tmp_path}/nowhere/blog.db", "mysql://ann:secret@127.0.0.1:1/blog"):
        outcome = bench(file_url, missing)
        assert (outcome.status, outcome.err.count("\n")) == (1, 1)
        assert "secret" not in outcome.out + outcome.err
    assert contents_of(file_url) == []


def test_a_report_is_overwritten_only_with_the_option(
    bench: Command, file_url: str, report: Path, only: Callable[..., None]
) -> None:
    only(OPERATIONS[0], OPERATIONS[-1])
    report.write_text("a poem")
    outcome = bench(file_url)
    assert outcome.status == 1
    assert "--overwrite" in outcome.err
    assert report.read_text() == "a poem"
    assert bench(file_url, "--overwrite").status == 0
    assert "poem" not in report.read_text()


def test_a_report_in_a_missing_folder_is_refused(bench: Command, file_url: str, tmp_path: Path) -> None:
    outcome = bench(file_url, "--report", str(tmp_path / "nowhere" / "report.html"))
    assert outcome.status == 1
    assert "nowhere does not exist" in outcome.err


def test_a_request_that_fails_ends_the_run_and_says_which(
    bench: Command, file_url: str, report: Path, only: Callable[..., None]
) -> None:
    only(Operation("a post that is not there", lambda *_: Request("GET", "/posts/1", expected=200)))
    outcome = bench(file_url)
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1].startswith(
        f"everpost: {file_url} failed at 'a post that is not there': "
        "GET /posts/1 was answered 404 instead of 200: {"
    )
    assert contents_of(file_url) == []
    assert not report.exists()


def test_a_run_that_is_interrupted_in_the_middle_of_writes_cleans_up(
    bench: Command, database_url: str, report: Path, only: Callable[..., None]
) -> None:
    asked_before: list[None] = []

    def ask_and_interrupt(random: Random, loaded: LoadedBlog) -> Request:
        asked_before.append(None)
        if len(asked_before) == 10:
            signal.raise_signal(signal.SIGINT)
        return OPERATIONS[-1].ask(random, loaded)

    only(Operation("change a post", ask_and_interrupt, writes=True))
    outcome = bench(database_url, "--seconds", "600")
    assert outcome.status == 130
    assert outcome.err.endswith(f"Cleaning up {describe_url(database_url)}\nStopped.\n")
    assert contents_of(database_url) == []
    assert not report.exists()


def test_a_failed_cleanup_is_reported_with_instructions(
    bench: Command, file_url: str, tmp_path: Path, only: Callable[..., None]
) -> None:
    def ask_and_break_the_database(*_: object) -> Request:
        for file in tmp_path.glob("other.db*"):
            file.unlink()
        (tmp_path / "other.db").write_text("Dear Ann, " * 1_000)
        return Request("GET", "/nothing", expected=200)

    only(Operation("nothing", ask_and_break_the_database))
    outcome = bench(file_url, "--connections", "1")
    assert outcome.status == 1
    *_, advice, reason = outcome.err.splitlines()
    assert advice.startswith(f"{file_url} could not be cleaned up")
    assert "everpost db downgrade base --allow-data-loss" in advice
    assert reason.startswith(f"everpost: Cannot connect to the database {file_url}")


@contextmanager
def started(url: str, report: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """`everpost bench` in a separate process, which is killed at the end if it is still running."""
    command = ["bench", "--report", str(report), "--seconds", "600", *options, url]
    with subprocess.Popen(
        [sys.executable, "-m", "everpost", *command], stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    """Read the output of the process until a line begins like this."""
    assert process.stderr is not None
    said = []
    for each in process.stderr:
        said.append(each)
        if each.startswith(line):
            return
    raise AssertionError(said)


def test_a_process_that_is_interrupted_while_it_measures_cleans_up(file_url: str, report: Path) -> None:
    with started(file_url, report, "--posts", "20") as process:
        wait_for(process, "Measuring reads")
        assert contents_of(file_url) != []
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (130, f"Cleaning up {file_url}\nStopped.\n")
    assert contents_of(file_url) == []
    assert not report.exists()


def test_a_process_that_is_terminated_while_it_loads_cleans_up(file_url: str, report: Path) -> None:
    with started(file_url, report, "--posts", "1000000") as process:
        wait_for(process, file_url)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (143, f"Cleaning up {file_url}\nStopped.\n")
    assert contents_of(file_url) == []
