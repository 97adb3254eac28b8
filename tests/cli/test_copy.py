"""`everpost copy` and `everpost verify`, on SQLite files."""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from everpost.domain.record_kinds.registry import KINDS
from everpost.transfer.copy.streams import Stream
from everpost.transfer.copy.sync import Advance, Comparison, Write, sync
from tests.cli.conftest import Command


@pytest.fixture
def source(everpost: Command, blog_file: Path) -> str:
    """The URL of a blog with a user."""
    assert everpost("user", "add", "ann@example.org", "--name", "Ann", "--no-password").status == 0
    return f"sqlite:///{blog_file}"


@pytest.fixture
def target(tmp_path: Path) -> str:
    """The URL of an empty database."""
    return f"sqlite:///{tmp_path / 'target.db'}"


def change(url: str, statement: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(statement)


def tables_of(url: str) -> list[str]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return [name for (name,) in connection.execute("select name from sqlite_master")]


def test_a_copy_prints_counts_and_digests_and_says_that_both_agree(
    everpost: Command, source: str, target: str
) -> None:
    outcome = everpost("copy", source, target)
    assert outcome.status == 0
    first, work, *digests, verdict = outcome.out.splitlines()
    assert first == f"{source} to {target}"
    assert work == "Records written: 2; deleted: 0; unchanged: 0."
    assert [line.rsplit(maxsplit=2)[:2] for line in digests] == [
        *([f"  {kind.plural}", "1" if kind.name in {"settings", "user"} else "0"] for kind in KINDS),
        ["  all", "2"],
    ]
    assert verdict == "The databases match."
    assert "Copying: 2 of 2 records" in outcome.err
    assert "Verifying: 2 of 2 records" in outcome.err


def test_a_copy_can_be_verified(everpost: Command, source: str, target: str) -> None:
    everpost("copy", source, target)
    assert everpost("verify", source, target).status == 0
    change(target, "update users set name = 'Bob'")
    outcome = everpost("verify", source, target)
    assert outcome.status == 1
    assert "1 record differs:" in outcome.out
    assert "differs" in outcome.out


def test_a_second_copy_carries_what_came_since(everpost: Command, source: str, target: str) -> None:
    everpost("copy", source, target)
    everpost("user", "add", "bob@example.org", "--name", "Bob", "--no-password")
    assert "Records written: 1; deleted: 0; unchanged: 2." in everpost("copy", source, target).out


def test_a_target_that_was_written_to_is_refused(everpost: Command, source: str, target: str) -> None:
    everpost("copy", source, target)
    change(target, "update users set name = 'Bob'")
    outcome = everpost("copy", source, target)
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1].startswith("everpost: The target has changed since")


def test_a_dry_run_makes_no_schema(everpost: Command, source: str, target: str) -> None:
    outcome = everpost("copy", source, target, "--dry-run")
    assert outcome.status == 0
    assert outcome.out.endswith("Records to write: 2; to delete: 0; unchanged: 0. Nothing was written.\n")
    assert tables_of(target) == []


def test_a_copy_that_follows_says_when_to_switch(everpost: Command, source: str, target: str) -> None:
    outcome = everpost("copy", source, target, "--follow")
    assert outcome.status == 0
    assert "To switch" in outcome.out


@pytest.fixture
def written_meanwhile(source: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes another process write to the source once, between the copy and its verification."""
    left = ["update users set name = 'Bob', version = version + 1"]

    async def meanwhile(ours: Stream, theirs: Stream, write: Write | None, advance: Advance) -> Comparison:
        comparison = await sync(ours, theirs, write, advance)
        if left and write is not None:
            change(source, left.pop())
        return comparison

    return lambda: monkeypatch.setattr("everpost.transfer.copy.operations.sync", meanwhile)


def test_a_source_that_is_written_to_meanwhile_is_noticed(
    everpost: Command, source: str, target: str, written_meanwhile: Callable[[], None]
) -> None:
    written_meanwhile()
    outcome = everpost("copy", source, target)
    assert outcome.status == 1
    assert "The source has changed since the copy began" in outcome.out
    assert everpost("copy", source, target).status == 0


def test_a_copy_that_follows_goes_on_until_both_agree(
    everpost: Command,
    source: str,
    target: str,
    written_meanwhile: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["everpost.cli.copy"], "FOLLOW_EVERY", 0)
    written_meanwhile()
    outcome = everpost("copy", source, target, "--follow")
    assert outcome.status == 0
    assert "Records written: 2; deleted: 0; unchanged: 0." in outcome.out
    assert "Records written: 1; deleted: 0; unchanged: 1." in outcome.out


def test_a_part_of_a_blog_is_not_served_nor_copied(
    everpost: Command, source: str, target: str, tmp_path: Path
) -> None:
    everpost("copy", source, target)
    change(target, "update transfers set digest = null")
    for command in (
        ("copy", target, f"sqlite:///{tmp_path / 'other.db'}"),
        ("verify", target, source),
    ):
        outcome = everpost(*command)
        assert outcome.status == 1
        assert "part of a blog" in outcome.err
    assert everpost("copy", source, target).status == 0


def test_a_source_without_a_blog_is_refused(everpost: Command, target: str, tmp_path: Path) -> None:
    empty = f"sqlite:///{tmp_path / 'empty.db'}"
    outcome = everpost("copy", empty, target)
    assert (outcome.status, outcome.err) == (1, f"everpost: There is no blog in {empty}.\n")
    assert tables_of(empty) == []


@pytest.mark.parametrize("command", ["copy", "verify"])
@pytest.mark.parametrize("bad", ["postgresql://ann:pass#word@127.0.0.1/blog", "mongodb://a@b@c/", "blog.db"])
def test_a_bad_url_is_reported_as_the_source_or_the_target(
    everpost: Command, source: str, command: str, bad: str
) -> None:
    for name, urls in (("SOURCE_URL", (bad, source)), ("TARGET_URL", (source, bad))):
        outcome = everpost(command, *urls)
        assert outcome.status == 1
        assert outcome.err.splitlines()[-1].startswith(f"everpost: {name}: ")


def test_a_database_is_not_copied_into_itself(everpost: Command, source: str) -> None:
    outcome = everpost("copy", source, source)
    assert (outcome.status, outcome.err) == (
        1,
        "everpost: The source and the target are the same database.\n",
    )


def test_a_password_is_never_printed(everpost: Command, source: str) -> None:
    outcome = everpost("copy", source, "postgresql://someone:secret@127.0.0.1:1/blog")
    assert outcome.status == 1
    assert "someone" in outcome.out
    assert "secret" not in outcome.out + outcome.err
