"""`everpost db`, on SQLite files."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from everpost import __version__
from everpost.stores.sql.schema import schema
from everpost.stores.sql.schema.initial_creation import OPTIONS
from tests.cli.conftest import Command
from tests.stores.sql.schema.scripts import add_migration, copy_scripts

NOTE = """
with op.batch_alter_table("posts") as posts:
    posts.add_column(sa.Column("note", sa.String(50)))
"""
NO_NOTE = """
with op.batch_alter_table("posts") as posts:
    posts.drop_column("note")
"""
NOTED_POST = (
    "insert into posts (id, title, content, publication_date, updated_at, version, stamp, slug, tags,"
    " paths, kind, comment_count, revision_number, status, format, note)"
    " values ('665f1c2ab7e4d20f3a9c8e01', 'a', 'b', 0, 0, 1, 1, 'a', '[]', '[]', 'post',"
    " 0, 1, 'draft', 'markdown', 'n')"
)


@pytest.fixture
def newer_everpost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Installs a newer Everpost with a second migration."""
    scripts = copy_scripts(tmp_path)

    def install() -> None:
        add_migration(scripts, upgrade=NOTE, downgrade=NO_NOTE)
        monkeypatch.setattr(schema, "SCRIPTS", scripts)

    return install


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


def make_ahead(file: Path) -> None:
    """Make the database look as if a newer Everpost had created it."""
    change(file, f"update {OPTIONS['version_table']} set version_num = '9999'")


def test_the_version_can_be_asked_for(everpost: Command) -> None:
    assert everpost("--version").out == f"everpost {__version__}\n"


def test_an_upgrade_prints_its_plan_and_then_where_the_database_is(
    everpost: Command, blog_file: Path
) -> None:
    outcome = everpost("db", "upgrade")
    plan, *steps, result = outcome.out.splitlines()
    assert plan == f"sqlite:///{blog_file} to head:"
    assert [step.split()[:2] for step in steps] == [["up", "0001"]]
    assert result == "The database is at revision 0001."
    assert outcome.status == 0


@pytest.mark.usefixtures("blog_file")
def test_a_second_upgrade_has_nothing_to_do(everpost: Command) -> None:
    everpost("db", "upgrade")
    outcome = everpost("db", "upgrade")
    assert outcome.out.splitlines()[0].endswith("to head: nothing to do")
    assert outcome.status == 0


@pytest.mark.usefixtures("blog_file")
def test_the_revision_and_the_history_can_be_asked_for(everpost: Command) -> None:
    assert everpost("db", "current").out == "none (empty)\n"
    everpost("db", "upgrade")
    assert everpost("db", "current").out == "0001 (current)\n"
    assert everpost("db", "history").out.startswith("0001  ")


@pytest.mark.usefixtures("blog_file")
def test_a_check_passes_only_on_a_schema_that_is_as_it_should_be(everpost: Command) -> None:
    outcome = everpost("db", "check")
    assert (outcome.status, outcome.out) == (1, "The schema is empty. Run: everpost db upgrade\n")
    everpost("db", "upgrade")
    outcome = everpost("db", "check")
    assert (outcome.status, outcome.out) == (0, "The schema is current.\n")


def test_a_check_names_what_differs(everpost: Command, blog_file: Path) -> None:
    everpost("db", "upgrade")
    change(blog_file, "alter table posts add column mood text")
    outcome = everpost("db", "check")
    assert outcome.status == 1
    assert "mood" in outcome.out


@pytest.mark.usefixtures("blog_file")
def test_a_database_of_an_older_everpost_is_served_after_an_upgrade(
    everpost: Command, newer_everpost: Callable[[], None]
) -> None:
    everpost("db", "upgrade")
    newer_everpost()
    assert everpost("db", "current").out == "0001 (behind)\n"
    assert everpost("serve").err == (
        "everpost: The database schema is outdated. Back up the database, then run: everpost db upgrade\n"
    )
    assert everpost("db", "upgrade").out.splitlines()[-1] == "The database is at revision 0002."
    assert everpost("db", "current").out == "0002 (current)\n"


def test_a_downgrade_that_would_lose_data_is_refused_and_says_what(
    everpost: Command, blog_file: Path, newer_everpost: Callable[[], None]
) -> None:
    newer_everpost()
    everpost("db", "upgrade")
    change(blog_file, NOTED_POST)
    for target, loss in (("0001", "column note of posts (1 value)"), ("base", "table posts (1 row)")):
        refused = everpost("db", "downgrade", target)
        assert refused.status == 1
        assert loss in refused.out
        assert refused.err.startswith("everpost: ")
        assert "--allow-data-loss" in refused.err
        assert everpost("db", "current").out == "0002 (current)\n"
    assert everpost("db", "downgrade", "0001", "--allow-data-loss").status == 0
    assert everpost("db", "current").out == "0001 (behind)\n"
    emptied = everpost("db", "downgrade", "base", "--allow-data-loss")
    assert (emptied.status, emptied.out.splitlines()[-1]) == (0, "The database is empty.")
    assert everpost("db", "current").out == "none (empty)\n"


@pytest.mark.usefixtures("blog_file")
def test_an_upgrade_does_not_go_down(everpost: Command) -> None:
    everpost("db", "upgrade")
    outcome = everpost("db", "upgrade", "base")
    assert outcome.status == 1
    assert outcome.err == "everpost: Wrong direction. Run: everpost db downgrade base\n"
    assert everpost("db", "current").out == "0001 (current)\n"


@pytest.mark.usefixtures("blog_file")
def test_a_revision_that_nobody_knows_is_one_clear_line(everpost: Command) -> None:
    outcome = everpost("db", "upgrade", "nowhere")
    assert outcome.status == 1
    assert outcome.err.startswith("everpost: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("command", [("db", "upgrade"), ("serve",)])
def test_a_database_of_a_newer_everpost_is_refused(
    everpost: Command, blog_file: Path, command: tuple[str, ...]
) -> None:
    everpost("db", "upgrade")
    make_ahead(blog_file)
    outcome = everpost(*command)
    assert outcome.status == 1
    assert outcome.err.startswith("everpost: ")
    assert outcome.err.count("\n") == 1
    assert "Traceback" not in outcome.err
