"""The command `everpost`, run in this process."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from devtools.servers.private import free_port

from everpost.cli import main


@dataclass(frozen=True)
class Outcome:
    """The exit status and output of a command."""

    status: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture
def blog_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of the database in the settings, which does not exist yet."""
    file = tmp_path / "blog.db"
    monkeypatch.setenv("EVERPOST_DATABASE_URL", f"sqlite:///{file}")
    return file


@pytest.fixture
def blog_database(blog_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of the database in the settings, with an empty blog; once on each database."""
    monkeypatch.setenv("EVERPOST_DATABASE_URL", blog_url)
    return blog_url


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts lines on standard input, which is not a terminal."""

    def put(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))

    return put


@pytest.fixture
def everpost(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `everpost` with these arguments, on a port that nothing else uses."""
    monkeypatch.setenv("EVERPOST_PORT", str(free_port()))

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["everpost", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        written = capsys.readouterr()
        if isinstance(ended.value.code, str):  # the interpreter writes it when it ends
            return Outcome(1, written.out, f"{written.err}{ended.value.code}\n")
        return Outcome(ended.value.code or 0, written.out, written.err)

    return run
