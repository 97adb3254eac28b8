"""The command `everpost`."""

import sys
from typing import Annotated

import typer

from everpost import __version__
from everpost.cli.archive import export, import_
from everpost.cli.bench import bench
from everpost.cli.copy import copy, verify
from everpost.cli.db import db
from everpost.cli.login import login
from everpost.cli.serve import serve
from everpost.cli.tokens import token
from everpost.cli.users import user
from everpost.errors import EverpostError

_commands = typer.Typer(
    help="A blog backend that outlives its database.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_commands.command()(serve)
_commands.command()(login)
_commands.command()(copy)
_commands.command()(verify)
_commands.command()(export)
_commands.command(name="import")(import_)
_commands.command()(bench)
_commands.add_typer(user, name="user")
_commands.add_typer(token, name="token")
_commands.add_typer(db, name="db")


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"everpost {__version__}")
        raise typer.Exit


@_commands.callback()
def _everpost(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command. What goes wrong is one line on standard error, and exit status 1."""
    try:
        _commands()
    except EverpostError as error:
        sys.exit(f"everpost: {error.message}")
