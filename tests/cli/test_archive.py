"""`everpost export` and `everpost import`."""

import io
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Command

POST = """---
title: Hello
date: 2024-02-29T12:30:15Z
slug: hello
---
Words.
"""


@pytest.fixture
def blog(everpost: Command, blog_file: Path) -> Path:
    """The database in the settings, with a user."""
    assert everpost("user", "add", "ann@example.org", "--name", "Ann", "--no-password").status == 0
    return blog_file


def use_empty_database(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str = "other.db") -> Path:
    """Changes the settings to another, empty database."""
    file = folder / name
    monkeypatch.setenv("EVERPOST_DATABASE_URL", f"sqlite:///{file}")
    return file


@pytest.mark.usefixtures("blog")
@pytest.mark.parametrize("name", ["blog.jsonl", "blog.jsonl.gz", "blog.jsonl.zst"])
def test_an_archive_moves_a_blog_and_comes_out_again_as_it_was(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    exported = everpost("export", str(tmp_path / name))
    assert exported.status == 0
    use_empty_database(tmp_path, monkeypatch)
    outcome = everpost("import", str(tmp_path / name))
    assert outcome.status == 0
    assert outcome.out.splitlines()[0] == "Records written: 2; deleted: 0; unchanged: 0."
    assert outcome.out.endswith("The database matches the archive.\n")
    assert exported.out.splitlines()[1:] == outcome.out.splitlines()[1:-1]
    assert everpost("export", str(tmp_path / f"again-{name}")).status == 0
    assert (tmp_path / f"again-{name}").read_bytes() == (tmp_path / name).read_bytes()


@pytest.mark.usefixtures("blog")
def test_an_existing_file_is_overwritten_only_if_asked_for(everpost: Command, tmp_path: Path) -> None:
    file = tmp_path / "blog.jsonl"
    file.write_text("before")
    refused = everpost("export", str(file))
    assert (refused.status, refused.out) == (1, "")
    assert refused.err == (f"everpost: {file}: the file exists. Choose another name, or use --overwrite.\n")
    assert file.read_text() == "before"
    assert everpost("export", str(file), "--overwrite").status == 0
    assert "everpost-archive" in file.read_text()


@pytest.mark.usefixtures("blog")
def test_an_import_is_the_same_as_a_copy(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blog_file: Path
) -> None:
    everpost("export", str(tmp_path / "archive"))
    file = use_empty_database(tmp_path, monkeypatch)
    everpost("import", str(tmp_path / "archive"))
    assert everpost("verify", f"sqlite:///{blog_file}", f"sqlite:///{file}").status == 0
    assert "Records written: 0;" in everpost("copy", f"sqlite:///{blog_file}", f"sqlite:///{file}").out


@pytest.mark.usefixtures("blog")
def test_an_import_that_is_run_again_changes_nothing(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everpost("export", str(tmp_path / "archive"))
    use_empty_database(tmp_path, monkeypatch)
    everpost("import", str(tmp_path / "archive"))
    outcome = everpost("import", str(tmp_path / "archive"))
    assert outcome.status == 0
    assert outcome.out.splitlines()[0] == "Records written: 0; deleted: 0; unchanged: 2."


@pytest.mark.usefixtures("blog")
def test_an_archive_goes_through_a_pipe(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everpost("export", str(tmp_path / "archive"))
    use_empty_database(tmp_path, monkeypatch)
    content = io.BytesIO((tmp_path / "archive").read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    assert everpost("import", "-").status == 0


@pytest.mark.usefixtures("blog")
def test_a_dry_run_writes_nothing(everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everpost("export", str(tmp_path / "archive"))
    file = use_empty_database(tmp_path, monkeypatch)
    outcome = everpost("import", str(tmp_path / "archive"), "--dry-run")
    assert outcome.status == 0
    assert outcome.out.endswith("Nothing was written.\n")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("select count(*) from sqlite_master").fetchone() == (0,)


@pytest.mark.usefixtures("blog")
def test_a_broken_archive_is_one_clear_line_and_nothing_is_written(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everpost("export", str(tmp_path / "archive"))
    broken = tmp_path / "broken"
    broken.write_bytes((tmp_path / "archive").read_bytes().replace(b"Ann", b"Bob"))
    file = use_empty_database(tmp_path, monkeypatch)
    outcome = everpost("import", str(broken))
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1].startswith(f"everpost: {broken}, line 4: ")
    assert not file.exists()


@pytest.mark.usefixtures("blog")
def test_a_blog_that_is_another_one_is_not_overwritten(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everpost("export", str(tmp_path / "archive"))
    use_empty_database(tmp_path, monkeypatch)
    everpost("user", "add", "bob@example.org", "--name", "Bob", "--no-password")
    outcome = everpost("import", str(tmp_path / "archive"))
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1].startswith("everpost: The target already holds other content")


@pytest.mark.usefixtures("blog_file")
def test_a_database_without_a_blog_is_not_exported(everpost: Command, tmp_path: Path) -> None:
    outcome = everpost("export", str(tmp_path / "archive"))
    assert outcome.status == 1
    assert "There is no blog" in outcome.err
    assert not (tmp_path / "archive").exists()


@pytest.mark.usefixtures("blog")
def test_posts_come_from_markdown_and_go_there(everpost: Command, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "hello.md").write_text(POST)
    report = tmp_path / "report.json"
    rehearsed = everpost("import", "--from", "markdown", str(tmp_path / "posts"), "--dry-run")
    assert rehearsed.status == 0
    assert rehearsed.out.endswith("Nothing was written.\n")
    outcome = everpost("import", "--from", "markdown", str(tmp_path / "posts"), "--report", str(report))
    assert (outcome.status, outcome.out) == (0, rehearsed.out.removesuffix("Nothing was written.\n"))
    assert json.loads(report.read_text())["items"]
    exported = everpost("export", "--to", "markdown", str(tmp_path / "folder"))
    assert exported.status == 0
    assert [file.name for file in (tmp_path / "folder").iterdir()] == ["2024-02-29-hello.md"]


@pytest.mark.usefixtures("blog")
def test_a_report_does_not_overwrite_a_file(everpost: Command, tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "hello.md").write_text(POST)
    report = tmp_path / "report.json"
    report.write_text("Important.")
    command = ("import", "--from", "markdown", str(tmp_path / "posts"), "--report", str(report))
    refused = everpost(*command)
    assert (refused.status, refused.out) == (1, "")
    assert f"{report}: the file exists. Choose another name, or use --overwrite." in refused.err
    assert report.read_text() == "Important."
    assert everpost(*command, "--overwrite").status == 0
    assert json.loads(report.read_text())["counts"] == {"imported": {"post": 1}}


@pytest.mark.usefixtures("blog")
def test_an_import_names_every_unreadable_file_and_can_leave_them_out(
    everpost: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    for name, text in {
        "a.md": "---\na: [\n---\n",
        "b.md": POST,
        "c.md": "---\ntitle: a: b\n---\n",
    }.items():
        (folder / name).write_text(text)
    report = tmp_path / "report.json"
    refused = everpost("import", "--from", "markdown", str(folder), "--report", str(report))
    assert refused.status == 1
    assert "--skip-unreadable" in refused.err
    assert "unreadable: file a.md: line" in refused.out
    assert "unreadable: file c.md: line 2" in refused.out
    assert json.loads(report.read_text())["counts"] == {"unreadable": {"file": 2}}
    rest = everpost("import", "--from", "markdown", str(folder), "--skip-unreadable")
    assert rest.status == 0
    assert "Imported: 1 post\n" in rest.out
    assert "Unreadable: 2 files\n" in rest.out


def test_a_rehearsed_import_into_an_empty_database_leaves_it_empty(
    everpost: Command, tmp_path: Path, blog_file: Path
) -> None:
    (tmp_path / "hello.md").write_text(POST)
    assert everpost("import", "--from", "markdown", str(tmp_path), "--dry-run").status == 0
    with closing(sqlite3.connect(blog_file)) as connection:
        assert connection.execute("select count(*) from sqlite_master").fetchone() == (0,)


@pytest.mark.usefixtures("blog")
@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "--from", "blogger", "nothing-there"),
        ("import", "--from", "medium", "file"),
        ("import", "file", "--pages"),
        ("import", "file", "--no-pages"),
        ("import", "file", "--skip-unreadable"),
        ("import", "file", "--timezone", "UTC"),
        ("import", "--from", "markdown", ".", "--timezone", "Europe/Berlim"),
        ("import", "--from", "markdown", ".", "--report", "no/such/folder/report.json"),
        ("import", "--from", "markdown", ".", "--report", "."),
        ("import", "--from", "markdown", ".", "--overwrite"),
        ("import", "nothing-there"),
        ("import", "--from", "wordpress", "nothing-there"),
        ("export", "--to", "html", "folder"),
        ("export", "--to", "markdown", "folder", "--overwrite"),
    ],
)
def test_what_cannot_be_is_one_clear_line(everpost: Command, arguments: tuple[str, ...]) -> None:
    outcome = everpost(*arguments)
    assert outcome.status == 1
    assert outcome.err.splitlines()[-1].startswith("everpost: ")
    assert "Traceback" not in outcome.err
