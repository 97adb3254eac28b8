"""The command `everpost` itself: what it can be asked, and what that costs."""

import subprocess
import sys

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
    told = everpost("--help")
    assert told.status == 0
    assert [name for name in COMMANDS if f" {name} " not in told.out] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(everpost: Command, name: str) -> None:
    told = everpost(name, "--help")
    assert told.status == 0
    assert f"Usage: everpost {name} " in told.out


def test_a_command_that_is_misspelt_is_told_the_right_one(everpost: Command) -> None:
    told = everpost("verfy")
    assert told.status == 2
    assert "Did you mean 'verify'?" in told.err


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
