"""`everpost user`: the user accounts."""

from typing import Annotated

import typer

from everpost.cli.console.prompts import PasswordFromInput, ask, ask_password
from everpost.cli.server.addresses import local_address
from everpost.cli.stores.settings_store import OPERATOR, printable, user_with, with_store
from everpost.domain.paging import MAX_LIMIT, Position
from everpost.domain.people.users import Role, User
from everpost.errors import Invalid
from everpost.services.accounts import users
from everpost.services.accounts.password_resets import create_reset
from everpost.services.accounts.users import UserDraft, UserEdit
from everpost.services.blog import read_settings
from everpost.settings import Settings
from everpost.stores.port import Store

user = typer.Typer(
    help="Manage users in the database in EVERPOST_DATABASE_URL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_KEEP = "keep"

Email = Annotated[str, typer.Argument(help="Email address of the user.")]


@user.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="Name shown with the user's posts and comments.")],
    role: Annotated[Role, typer.Option(help="Role of the user.")] = Role.AUTHOR,
    password_stdin: PasswordFromInput = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Create the user without a password: no login, only tokens.")
    ] = False,
) -> None:
    """Create a user, after prompting for a password."""
    password = None if no_password else ask_password(from_input=password_stdin, is_new=True)
    draft = UserDraft(name=name, email=email, role=role, password=password)

    async def run(store: Store, _settings: Settings) -> User:
        return await users.add_user(store, OPERATOR, draft)

    added = with_store(run)
    typer.echo(f"Created user {printable(added.email)} ({added.role}, {added.id}).")


@user.command(name="list")
def list_() -> None:
    """List all users, oldest first: id, role, email, name."""

    async def run(store: Store, _settings: Settings) -> None:
        after: Position | None = None
        while True:
            page = await users.page_users(store, OPERATOR, limit=MAX_LIMIT, after=after)
            for each in page.rows:
                typer.echo(_line(each))
            if not page.has_more:
                return
            after = page.rows[-1].position

    with_store(run)


@user.command()
def role(email: Email, role: Annotated[Role, typer.Argument(help="Role of the user.")]) -> None:
    """Change a user's role. The user's tokens lose all scopes that the role does not have."""
    _change(email, UserEdit(role=role))


@user.command()
def disable(email: Email) -> None:
    """Disable a user: revoke all tokens, refuse logins and hide the name. Posts stay."""
    _change(email, UserEdit(is_disabled=True))


@user.command()
def enable(email: Email) -> None:
    """Enable a disabled user. Revoked tokens stay revoked."""
    _change(email, UserEdit(is_disabled=False))


@user.command()
def password(
    email: Email,
    password_stdin: PasswordFromInput = False,
    revoke_tokens: Annotated[
        bool, typer.Option("--revoke-tokens", help="Also revoke the user's named tokens.")
    ] = False,
) -> None:
    """Set a user's password, after prompting for it, and end all of the user's logins."""
    new = ask_password(from_input=password_stdin, is_new=True)
    _change(email, UserEdit(password=new, revoke_tokens=revoke_tokens))


@user.command()
def reset(email: Email) -> None:
    """Print the address of a page where the user sets a new password, once.

    It also works for a user without a password.
    """

    async def run(store: Store, settings: Settings) -> str:
        link = await create_reset(store, OPERATOR, (await user_with(store, email)).id)
        base_url = (await read_settings(store)).base_url
        return f"{base_url or local_address(settings)}/desk/reset#{link.secret}"

    typer.echo(with_store(run))


@user.command()
def remove(
    email: Email,
    posts: Annotated[
        str | None,
        typer.Option(help="The user's posts: keep, for no author, or the email address of their new author."),
    ] = None,
) -> None:
    """Remove a user and all of the user's tokens. Posts and comments stay."""
    heir = posts or ask("New author of the posts (an email address, or keep for no author)", "--posts")

    async def run(store: Store, _settings: Settings) -> None:
        found = await user_with(store, email)
        heir_id = None if heir == _KEEP else (await user_with(store, heir)).id
        try:
            await users.remove_user(store, OPERATOR, found.id, heir_id=heir_id, match=None)
        except Invalid as error:
            raise Invalid("--posts", error.reason) from None

    with_store(run)
    typer.echo(f"Removed user {printable(email)}.")


def _change(email: str, wish: UserEdit) -> None:
    async def run(store: Store, _settings: Settings) -> User:
        found = await user_with(store, email)
        return await users.change_user(store, OPERATOR, found.id, wish, match=None)

    typer.echo(_line(with_store(run)))


def _line(each: User) -> str:
    state = "" if each.disabled_at is None else "  (disabled)"
    return f"{each.id}  {each.role:<6}  {printable(each.email)}  {printable(each.name)}{state}"
