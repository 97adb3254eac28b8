"""`everpost user`: the people who write the blog."""

from typing import Annotated

import typer

from everpost.cli.opening import OPERATOR, printable, user_with, with_store
from everpost.cli.prompts import PasswordFromInput, ask, ask_password
from everpost.domain.paging import MAX_LIMIT, Position
from everpost.domain.users import Role, User
from everpost.errors import Invalid
from everpost.services import users
from everpost.services.users import UserDraft, UserWish
from everpost.settings import Settings
from everpost.stores.port import Store

user = typer.Typer(
    help="The users in the database in EVERPOST_DATABASE_URL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_KEEP = "keep"

Email = Annotated[str, typer.Argument(help="The email address of the user.")]


@user.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="The name under posts and comments.")],
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.AUTHOR,
    password_stdin: PasswordFromInput = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Nobody can log in; there may be tokens.")
    ] = False,
) -> None:
    """Add a user. The password is asked for."""
    password = None if no_password else ask_password(from_input=password_stdin, is_new=True)
    draft = UserDraft(name=name, email=email, role=role, password=password)

    async def run(store: Store, _settings: Settings) -> User:
        return await users.add_user(store, OPERATOR, draft)

    added = with_store(run)
    typer.echo(f"{printable(added.email)} is a user now: {added.role}, {added.id}")


@user.command(name="list")
def list_() -> None:
    """Print every user, the oldest first: id, role, email, name."""

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
def role(email: Email, role: Annotated[Role, typer.Argument(help="What the user may do.")]) -> None:
    """Give a user another role. Tokens allow no more than that from now on."""
    _change(email, UserWish(role=role))


@user.command()
def disable(email: Email) -> None:
    """Disable a user: revoke all tokens, refuse logins and hide the name. Posts stay."""
    _change(email, UserWish(is_disabled=True))


@user.command()
def enable(email: Email) -> None:
    """Enable a disabled user. Revoked tokens stay revoked."""
    _change(email, UserWish(is_disabled=False))


@user.command()
def password(
    email: Email,
    password_stdin: PasswordFromInput = False,
    revoke_tokens: Annotated[
        bool, typer.Option("--revoke-tokens", help="Also revoke the user's named tokens.")
    ] = False,
) -> None:
    """Set a user's password, after a prompt, and end all logins of the user."""
    new = ask_password(from_input=password_stdin, is_new=True)
    _change(email, UserWish(password=new, revoke_tokens=revoke_tokens))


@user.command()
def remove(
    email: Email,
    posts: Annotated[
        str | None, typer.Option(help="What becomes of the posts: keep, or the email of who gets them.")
    ] = None,
) -> None:
    """Remove a user with all tokens. Posts and comments stay; who gets the posts is asked for."""
    heir = posts or ask("What becomes of the posts? keep, or the email of who gets them", "--posts")

    async def run(store: Store, _settings: Settings) -> None:
        found = await user_with(store, email)
        heir_id = None if heir == _KEEP else (await user_with(store, heir)).id
        try:
            await users.remove_user(store, OPERATOR, found.id, heir_id=heir_id, match=None)
        except Invalid as error:
            raise Invalid("--posts", error.reason) from None

    with_store(run)
    typer.echo(f"{printable(email)} is removed.")


def _change(email: str, wish: UserWish) -> None:
    async def run(store: Store, _settings: Settings) -> User:
        found = await user_with(store, email)
        return await users.change_user(store, OPERATOR, found.id, wish, match=None)

    typer.echo(_line(with_store(run)))


def _line(each: User) -> str:
    state = "" if each.disabled_at is None else "  (disabled)"
    return f"{each.id}  {each.role:<6}  {printable(each.email)}  {printable(each.name)}{state}"
