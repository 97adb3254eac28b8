"""A warning about a database on another machine whose identity is not verified."""

from contextlib import suppress

import typer

from everpost.errors import Misconfigured
from everpost.stores import transport_warning


def warn_if_unverified(url: str) -> None:
    """Print one line on standard error if TLS to the database is not verified."""
    with suppress(Misconfigured):  # opening the database reports an invalid URL
        warning = transport_warning(url)
        if warning is not None:
            typer.echo(f"Warning: {warning}", err=True)
