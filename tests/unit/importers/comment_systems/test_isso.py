"""Isso's database."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.comment_systems.isso import read_isso
from everpost.transfer.importers.model import SourceComment, SourceThread
from tests.unit.importers.pipeline.threads import comments_of, notes_of, write_isso


def test_a_comment_comes_with_its_thread(tmp_path: Path) -> None:
    item, *_ = read_isso(write_isso(tmp_path / "comments.db"))
    comment = SourceComment(
        source_id="1",
        content="Some *text*",
        publication_date=datetime(2024, 1, 31, 9, 0, 0, 500_000, tzinfo=UTC),
        name="Ann",
    )
    assert item == SourceThread(url="/first/", title="First", comments=(comment,))


def test_comments_keep_status_parent_and_dates(tmp_path: Path) -> None:
    comments = comments_of(read_isso(write_isso(tmp_path / "comments.db")))
    assert {each: comment.status.value for each, comment in comments.items()} == {
        "1": "approved",
        "2": "pending",
        "3": "removed",
        "4": "pending",
        "8": "approved",
    }
    assert comments["2"].parent_id == "1"
    assert comments["2"].updated_at == datetime(2024, 1, 31, 9, 1, 40, tzinfo=UTC)
    assert comments["2"].name is comments["4"].name is None
    assert comments["4"].changes == ("it awaits approval: its mode was '7'",)
    assert comments["8"].content == "caf\ufffd"


def test_omissions_are_reported(tmp_path: Path) -> None:
    assert list(notes_of(read_isso(write_isso(tmp_path / "comments.db")))) == [
        ("comment", "6 by 'Ben'", "its date is invalid: 'soon'"),
        ("comment", "7 by 'nobody'", "its date is invalid: '1e+300'"),
        ("comment", "5 by 'Ben'", "its thread is not in the database"),
        ("IP address", "comments.db", "3 of commenters: Everpost does not keep them"),
        ("email address", "comments.db", "1 of commenters: Everpost does not keep them"),
        ("vote", "comments.db", "3 of commenters: Everpost does not keep them"),
        ("website", "comments.db", "1 of commenters: Everpost does not keep them"),
    ]


def test_the_database_is_not_modified(tmp_path: Path) -> None:
    path = write_isso(tmp_path / "comments.db")
    before = path.read_bytes()
    path.chmod(0o400)
    list(read_isso(path))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "text", [b"", b"<disqus/>", b"SQLite format 3\0", b"SQLite format 3\0" + b"x" * 5_000]
)
def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a.db").write_bytes(text)
    with pytest.raises(BrokenFile, match=r"a\.db"):
        list(read_isso(tmp_path / "a.db"))


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.executescript(
            "CREATE TABLE threads (id); CREATE VIEW comments AS WITH RECURSIVE n(x) AS"
            " (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
        )
    with pytest.raises(BrokenFile, match="no threads and comments"):
        list(read_isso(tmp_path / "a.db"))


def test_a_damaged_schema_is_refused(tmp_path: Path) -> None:
    path = write_isso(tmp_path / "a.db")
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE threads", b"CREATE TABLE t \x80eads"))
    with pytest.raises(BrokenFile, match="cannot be read as a SQLite file"):
        list(read_isso(path))


def test_a_missing_file_is_refused_and_not_created(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile):
        list(read_isso(tmp_path / "a.db"))
    assert not (tmp_path / "a.db").exists()
