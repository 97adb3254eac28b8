"""No password needs to be on a command line, where all users of the machine can see it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command

Reference = Callable[[str, str], str]


@pytest.fixture(params=["env", "file"])
def reference(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reference:
    """Stores a URL privately under a name, and returns the argument that refers to it."""

    def hide(name: str, url: str) -> str:
        if request.param == "env":
            monkeypatch.setenv(name, url)
            return f"env:{name}"
        file = tmp_path / name
        file.write_text(f"{url}\n")
        return f"file:{file}"

    return hide


def test_a_blog_is_copied_and_verified_between_databases_that_the_command_does_not_name(
    everpost: Command, blog_file: Path, tmp_path: Path, reference: Reference
) -> None:
    everpost("user", "add", "ann@example.org", "--name", "Ann", "--no-password")
    urls = f"sqlite:///{blog_file}", f"sqlite:///{tmp_path}/target.db"
    source, target = reference("SOURCE", urls[0]), reference("TARGET", urls[1])
    copied = everpost("copy", source, target)
    assert copied.status == 0, copied.err
    assert copied.out.startswith(f"{urls[0]} to {urls[1]}\n")
    assert everpost("verify", source, target).status == 0


def test_a_database_that_the_command_does_not_name_is_measured(
    everpost: Command, tmp_path: Path, reference: Reference
) -> None:
    place = reference("BENCH", f"sqlite:///{tmp_path}/bench.db")
    report = str(tmp_path / "report.html")
    measured = everpost("bench", place, "--posts", "1", "--seconds", "0.01", "--report", report)
    assert measured.status == 0, measured.err


def test_the_password_of_a_database_that_the_command_does_not_name_is_never_printed(
    everpost: Command, blog_file: Path, reference: Reference
) -> None:
    place = reference("PLACE", "postgresql://someone:secret@127.0.0.1:1/blog")
    for command in (("copy", place, f"sqlite:///{blog_file}"), ("verify", place, place), ("bench", place)):
        outcome = everpost(*command)
        assert outcome.status == 1
        assert "secret" not in outcome.out + outcome.err


@pytest.mark.parametrize("content", ["Secret", "secret:word", "secret word://x", "root:*:20228:0:99999"])
def test_what_is_no_database_url_is_never_printed(
    everpost: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    file = tmp_path / "url"
    file.write_text(content)
    for setting in (f"file:{file}", content):
        monkeypatch.setenv("EVERPOST_DATABASE_URL", setting)
        outcome = everpost("user", "list")
        assert outcome.status == 1
        assert content.lower() not in (outcome.out + outcome.err).lower()
        assert "secret" not in (outcome.out + outcome.err).lower()


@pytest.mark.parametrize("argument", ["env:NOTHING", "env:", "file:/no/such/file", "file:/", "file:{empty}"])
@pytest.mark.parametrize("command", ["copy", "verify", "bench"])
def test_a_reference_to_nothing_is_one_clear_line(
    everpost: Command, tmp_path: Path, command: str, argument: str
) -> None:
    (tmp_path / "empty").touch()
    argument = argument.format(empty=tmp_path / "empty")
    outcome = everpost(command, argument, "sqlite:///other.db")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith(f"everpost: {argument}: ")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("command", ["copy", "verify", "bench"])
def test_the_help_says_how(everpost: Command, command: str) -> None:
    text = " ".join(everpost(command, "--help").out.split())
    assert "env:NAME" in text
    assert "file:PATH" in text


def test_the_database_of_the_settings_may_be_named_by_a_file(
    everpost: Command, blog_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"sqlite:///{blog_file}\n")
    monkeypatch.setenv("EVERPOST_DATABASE_URL", f"file:{secret}")
    assert everpost("user", "list").status == 0
    assert blog_file.exists()
    monkeypatch.setenv("EVERPOST_DATABASE_URL", f"file:{tmp_path}/none")
    refused = everpost("user", "list")
    assert refused.status == 1
    assert refused.err == (
        "everpost: EVERPOST_DATABASE_URL: names a file that cannot be read: No such file or directory\n"
    )
