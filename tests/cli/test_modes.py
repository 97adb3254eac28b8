"""Files that Everpost creates are private to their owner; reading creates none."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.skipif(os.name == "nt", reason="modes are those of Unix")

FEED = """<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<wp:wxr_version>1.2</wp:wxr_version></channel></rss>"""


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.fixture
def blog(everpost: Command, blog_file: Path) -> Path:
    everpost("user", "add", "ann@blog.example", "--name", "Ann", "--no-password")
    return blog_file


def modes_in(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")
    }


@pytest.mark.usefixtures("blog")
@pytest.mark.parametrize(
    "command",
    [
        ("db", "upgrade"),
        ("user", "list"),
        ("export", "{folder}/blog.jsonl"),
        ("export", "{folder}/blog.jsonl.gz"),
        ("export", "--to", "markdown", "{folder}/posts"),
        ("import", "--from", "wordpress", "{folder}/feed.xml", "--report", "{folder}/report.json"),
        ("copy", "sqlite:///{folder}/blog.db", "sqlite:///{folder}/other.db"),
    ],
)
def test_what_is_made_is_for_its_owner_alone(
    everpost: Command, tmp_path: Path, command: tuple[str, ...]
) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(FEED)
    feed.chmod(0o600)
    outcome = everpost(*(each.format(folder=tmp_path) for each in command))
    assert outcome.status == 0, outcome.err
    made = modes_in(tmp_path)
    assert made
    assert {name: oct(mode) for name, mode in made.items() if mode & 0o077} == {}


def test_a_report_of_a_benchmark_is_for_its_owner_alone(everpost: Command, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    outcome = everpost(
        *("bench", f"sqlite:///{tmp_path}/bench.db", "--posts", "1", "--seconds", "0.01"),
        *("--report", str(report)),
    )
    assert outcome.status == 0, outcome.err
    assert modes_in(tmp_path) == {"report.html": 0o600}


def test_files_beside_an_open_database_have_its_mode(blog: Path) -> None:
    connection = sqlite3.connect(blog)
    connection.execute("update users set version = version + 1")
    assert set(modes_in(blog.parent).values()) == {0o600}
    assert len(modes_in(blog.parent)) == 3
    connection.close()


def test_a_database_that_is_there_keeps_its_mode(everpost: Command, blog: Path) -> None:
    blog.chmod(0o640)
    everpost("user", "list")
    assert stat.S_IMODE(blog.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "command",
    [
        ("db", "current"),
        ("db", "check"),
        ("db", "history"),
        ("db", "downgrade"),
        ("db", "downgrade", "base"),
        ("export", "{folder}/blog.jsonl"),
        ("export", "--to", "markdown", "{folder}/posts"),
        ("import", "--from", "wordpress", "{folder}/feed.xml", "--dry-run"),
        ("import", "{folder}/none.jsonl", "--dry-run"),
        ("copy", "sqlite:///{folder}/none.db", "sqlite:///{folder}/other.db"),
        ("copy", "sqlite:///{folder}/none.db", "sqlite:///{folder}/other.db", "--dry-run"),
        ("verify", "sqlite:///{folder}/none.db", "sqlite:///{folder}/other.db"),
        ("bench", "sqlite:///{folder}/none.db", "--report", "{folder}/none/report.html"),
    ],
)
@pytest.mark.parametrize("is_there", [False, True], ids=["no file", "an empty file"])
def test_looking_at_a_database_makes_none(
    everpost: Command, blog_file: Path, tmp_path: Path, command: tuple[str, ...], is_there: bool
) -> None:
    (tmp_path / "feed.xml").write_text(FEED)
    if is_there:
        blog_file.touch()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*")}
    everpost(*(each.format(folder=tmp_path) for each in command))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_a_copy_that_is_rehearsed_makes_no_target(everpost: Command, blog: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.db"
    assert everpost("copy", f"sqlite:///{blog}", f"sqlite:///{target}", "--dry-run").status == 0
    assert list(tmp_path.iterdir()) == [blog]


def test_a_database_that_every_user_can_read_is_one_line_of_the_start(
    everpost: Command, blog: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERPOST_ADMIN_TOKEN", "none")  # so that it does not come to serving
    assert len(everpost("serve").err.splitlines()) == 1
    blog.chmod(0o644)
    blog.parent.chmod(0o755)
    lines = everpost("serve").err.splitlines()
    assert lines[0].startswith("Warning: sqlite:///")
    assert len(lines) == 2
    blog.parent.chmod(0o700)
    assert len(everpost("serve").err.splitlines()) == 1
