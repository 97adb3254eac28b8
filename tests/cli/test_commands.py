"""The command `everpost` itself: its options, and the cost of starting it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

COMMANDS = ("serve", "login", "copy", "verify", "export", "import", "bench", "user", "token", "db")
WHAT_IS_IMPORTED = """
import sys
from everpost.cli import main
sys.argv = ["everpost", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print(*sys.modules, sep="\\n")
"""


def test_the_help_names_every_command(everpost: Command) -> None:
    result = everpost("--help")
    assert result.status == 0
    assert [name for name in COMMANDS if f" {name} " not in result.out] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(everpost: Command, name: str) -> None:
    result = everpost(name, "--help")
    assert result.status == 0
    assert f"Usage: everpost {name} " in result.out


def test_a_misspelt_command_is_corrected(everpost: Command) -> None:
    result = everpost("verfy")
    assert result.status == 2
    assert "Did you mean 'verify'?" in result.err


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("EVERPOST_DATABSE_URL", " Did you mean EVERPOST_DATABASE_URL?"),
        ("everpost_login_hour", " Did you mean EVERPOST_LOGIN_HOURS?"),
        ("EVERPOST_XYZ", ""),
    ],
)
def test_a_setting_that_is_misspelt_is_one_line_and_the_command_runs(
    everpost: Command, monkeypatch: pytest.MonkeyPatch, name: str, hint: str
) -> None:
    monkeypatch.setenv(name, "a-secret")
    result = everpost("token", "generate")
    assert result.status == 0
    assert result.out.startswith("evp_")
    assert result.err == f"Warning: {name} is not a setting of Everpost, and is ignored.{hint}\n"


def test_a_variable_for_tests_or_that_an_argument_names_is_no_misspelt_setting(
    everpost: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("EVERPOST_OLD_URL", "EVERPOST_NEW_URL"):
        monkeypatch.setenv(name, f"sqlite:///{tmp_path}/{name}.db")
    monkeypatch.setenv("EVERPOST_TEST_ANYTHING", "1")
    monkeypatch.setenv("everpost_workers", "1")
    assert "Warning" not in everpost("copy", "env:EVERPOST_OLD_URL", "env:EVERPOST_NEW_URL").err
    assert "EVERPOST_NEW_URL" in everpost("user", "list").err


@pytest.mark.parametrize(
    ("arguments", "needless"),
    [
        (("--version",), {"asyncio", "pydantic", "everpost.cli.serve"}),
        (("db", "--help"), {"fastapi", "granian", "lxml", "everpost.transfer"}),
    ],
)
def test_a_command_imports_no_other(arguments: tuple[str, ...], needless: set[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WHAT_IS_IMPORTED, *arguments], capture_output=True, text=True, check=True
    )
    imported = set(ended.stdout.splitlines())
    assert "everpost.cli" in imported
    assert not imported & needless
