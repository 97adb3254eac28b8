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
    """Fail as for wrong usage where nobody sits at the input; the option would have said it."""
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "standard input is not a terminal, so there can be no prompt: pass this option", param_hint=option
        )
