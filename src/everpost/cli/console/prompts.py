"""Prompts on standard error: standard output is for results."""

import sys
from typing import Annotated

import typer

from everpost.errors import Invalid

PasswordFromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]


def ask_password(*, from_input: bool, is_new: bool = False) -> str:
    """Prompt for a password without showing it, twice if it is new; or read a line from standard input."""
    if from_input:
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise Invalid("password", "is not text in UTF-8") from None
    require_terminal("--password-stdin")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=is_new, err=True)
    return typed


def ask(question: str, option: str) -> str:
    """Prompt for a value that `option` did not give."""
    require_terminal(option)
    answer: str = typer.prompt(question, err=True)
    return answer


def require_terminal(option: str) -> None:
    """Fail with a usage error if standard input is not a terminal; `option` would replace the prompt."""
    if not sys.stdin.isatty():
        raise _MissingOption(
            f"Missing option {option}: standard input is not a terminal, so Everpost cannot prompt."
        )


class _MissingOption(typer.BadParameter):
    def format_message(self) -> str:
        return self.message
