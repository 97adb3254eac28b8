"""Prompts, on standard error, so that standard output has only results."""

import sys
from typing import Annotated

import typer

from everpost.errors import Invalid

PasswordFromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
]


def ask_password(*, from_input: bool, is_new: bool = False) -> str:
    """The password: typed, unseen, twice where it is new; or the first line of standard input."""
    if from_input:
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise Invalid("password", "is not text in UTF-8") from None
    require_terminal("--password-stdin")
    typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=is_new, err=True)
    return typed


def ask(question: str, option: str) -> str:
    """An answer that is not on the command line."""
    require_terminal(option)
    answer: str = typer.prompt(question, err=True)
    return answer


def require_terminal(option: str) -> None:
    """Fail as for wrong usage if standard input is not a terminal: the option is required then."""
    if not sys.stdin.isatty():
        raise _MissingOption(
            f"Missing option {option}: standard input is not a terminal, so Everpost cannot prompt."
        )


class _MissingOption(typer.BadParameter):
    def format_message(self) -> str:
        return self.message
