"""The command `everpost`."""

import atexit
import gc
import sys
from collections import UserDict
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

from everpost import __version__
from everpost.errors import EverpostError

_PLACES = {
    "serve": ("serve", "serve"),
    "login": ("login", "login"),
    "copy": ("copy", "copy"),
    "verify": ("copy", "verify"),
    "export": ("archive", "export"),
    "import": ("archive", "import_"),
    "bench": ("bench", "bench"),
    "user": ("users", "user"),
    "token": ("tokens", "token"),
    "db": ("db", "db"),
}
"""The module of each command, and its name there."""


class _Commands(UserDict[str, Any]):  # typer's own type of a command has no public name
    """The commands by name. Each is imported only when it is used, because importing all of them takes longer
    than most commands.
    """

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - see above
        command = super().__getitem__(name)
        if command is None:
            command = self[name] = _import(*_PLACES[name], name)
        return command


class _CommandGroup(TyperGroup):
    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - typer's own
        super().__init__(**options)
        self.commands = _Commands(dict.fromkeys(_PLACES))


_everpost = typer.Typer(
    cls=_CommandGroup,
    help="A blog that outlives its database: serve it, manage it, move it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _import(module: str, attribute: str, name: str) -> object:
    # Imported objects are never freed: without this, collecting garbage among them would take a third of the
    # time of a short command.
    gc.disable()
    try:
        found = getattr(import_module(f"everpost.cli.{module}"), attribute)
        gc.freeze()
    finally:
        gc.enable()
    alone = typer.Typer()
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name)(found)
    return get_group(alone).commands[name]


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"everpost {__version__}")
        raise typer.Exit


@_everpost.callback()
def _take_options(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback shows it
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    if context.invoked_subcommand == "serve":  # which logs the same warnings
        return
    from everpost.settings import unknown_settings  # every command has imported it, but `--version` need not

    for warning in unknown_settings(sys.argv):
        typer.echo(f"Warning: {warning}", err=True)


def main() -> None:
    """Run the command. An error is one line on standard error, and exit status 1."""
    atexit.register(gc.freeze)
    try:
        _everpost(prog_name="everpost")  # also with `python -m everpost`
    except EverpostError as error:
        sys.exit(f"everpost: {error.message}")
