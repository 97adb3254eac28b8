"""`everpost token`: the tokens with which programs authenticate."""

from datetime import timedelta
from typing import Annotated

import typer

from everpost.cli.stores.settings_store import OPERATOR, printable, user_with, with_store
from everpost.domain.clock import now
from everpost.domain.ids import parse_id
from everpost.domain.paging import MAX_LIMIT
from everpost.domain.people.tokens import Scope, Token, TokenKind, new_secret
from everpost.errors import NotFound
from everpost.services.accounts.tokens import TokenDraft, issue_token, page_tokens
from everpost.settings import Settings
from everpost.stores.port import Store

token = typer.Typer(
    help="Manage tokens in the database in EVERPOST_DATABASE_URL.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Email = Annotated[str, typer.Argument(help="Email address of the token's owner.")]


@token.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="Name of the token.")] = "Command line",
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="A scope of the token; may be repeated. Default: all scopes of the role."),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=36_500, help="Days until the token expires. Default: it never expires."),
    ] = None,
) -> None:
    """Create a token and print it. It is stored only as a hash, so it cannot be shown again."""
    draft = TokenDraft(
        name=name,
        scopes=frozenset(scope) if scope else None,
        expires_at=None if days is None else now() + timedelta(days=days),
    )

    async def run(store: Store, _settings: Settings) -> str:
        secret, _ = await issue_token(store, await user_with(store, email), draft)
        return secret

    typer.echo(with_store(run))


@token.command(name="list")
def list_(email: Email) -> None:
    """List a user's tokens, oldest first: id, name, scopes, last use, expiry."""

    async def run(store: Store, _settings: Settings) -> None:
        owner, after = await user_with(store, email), None
        while True:
            page = await page_tokens(store, OPERATOR, owner.id, limit=MAX_LIMIT, after=after)
            for each in page.rows:
                typer.echo(_line(each))
            if not page.has_more:
                return
            after = page.rows[-1].position

    with_store(run)


@token.command()
def revoke(
    id: Annotated[str, typer.Argument(help="Id of the token, as shown by: everpost token list.")],
) -> None:
    """Revoke a token: it stops working immediately."""
    token_id = parse_id(id)
    if token_id is None:
        raise NotFound("token", id)

    async def run(store: Store, _settings: Settings) -> None:
        await store.tokens.remove(token_id, user_id=None)

    with_store(run)
    typer.echo("Revoked the token.")


@token.command()
def generate() -> None:
    """Generate a value for EVERPOST_ADMIN_TOKEN. Uses no database and stores nothing."""
    typer.echo(new_secret())


def _line(each: Token) -> str:
    used = "never used" if each.last_used_at is None else f"used {each.last_used_at:%Y-%m-%d}"
    end = "" if each.expires_at is None else f"  expires {each.expires_at:%Y-%m-%d %H:%M} UTC"
    kind = "" if each.kind is TokenKind.NAMED else f"  ({each.kind})"
    return f"{each.id}  {printable(each.name)}  {' '.join(sorted(each.scopes))}  {used}{end}{kind}"
