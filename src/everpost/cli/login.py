"""`everpost login`."""

from typing import Annotated

import typer

from everpost.cli.console.prompts import PasswordFromInput, ask, ask_password
from everpost.cli.stores.settings_store import with_store
from everpost.domain.people.tokens import Token
from everpost.services.accounts.logins import Credentials, log_in
from everpost.services.policies import Policies
from everpost.settings import Settings
from everpost.stores.port import Store


def login(
    email: Annotated[str | None, typer.Argument(help="Your email address; prompted for if omitted.")] = None,
    password_stdin: PasswordFromInput = False,
) -> None:
    """Log in, and print a token that expires."""
    credentials = Credentials(
        email=email or ask("Email", "EMAIL"),
        password=ask_password(from_input=password_stdin),
        address="",
    )

    async def run(store: Store, settings: Settings) -> tuple[str, Token]:
        return await log_in(store, credentials, Policies.of(settings).logins)

    secret, token = with_store(run)
    typer.echo(secret)
    typer.echo(f"Expires at {token.expires_at:%Y-%m-%d %H:%M} UTC.", err=True)
