"""Tokens from before they had kinds are told apart, on the way up."""

from dataclasses import replace
from datetime import timedelta

from everpost.domain.ids import Id
from everpost.domain.tokens import Token, TokenKind, digest
from everpost.domain.users import User
from everpost.stores import open_schema
from everpost.stores.schema import SchemaState
from tests.contract.port.examples import LATER, MOMENT, numbered, register, tokens_of
from tests.contract.port.test_first_schema import opened


def a_token(user: User, id: Id, name: str, kind: TokenKind = TokenKind.NAMED) -> Token:
    return Token(
        id=id,
        user_id=user.id,
        name=name,
        scopes=frozenset(),
        digest=digest(id),
        created_at=MOMENT,
        expires_at=MOMENT + timedelta(days=1),
        kind=kind,
    )


async def test_tokens_of_logins_and_of_the_first_start_are_known(database_url: str) -> None:
    async with opened(database_url) as store:
        user = await register(store)
        gone = await register(store, disabled_at=LATER)
        tokens = [
            a_token(user, numbered(1), "Login", TokenKind.LOGIN),
            replace(a_token(user, numbered(2), "Login"), expires_at=None),
            a_token(user, numbered(3), "login"),
            replace(a_token(user, numbered(4), "Editor"), login_id=numbered(1)),
            a_token(user, user.id, "First start", TokenKind.FIRST),
        ]
        for token in (*tokens, a_token(gone, numbered(5), "Editor")):
            await store.tokens.add(token)
    schema = open_schema(database_url, timeout=10)
    try:
        assert not any(step.loses for step in await schema.plan("0004"))
        await schema.migrate("0004")
        assert await schema.state() is SchemaState.BEHIND
        await schema.migrate("head")
        assert list(await schema.differences()) == []
    finally:
        await schema.close()
    async with opened(database_url) as store:
        assert {token.id: token for token in await tokens_of(store, user.id)} == {
            token.id: replace(token, login_id=None) for token in tokens
        }
        assert await tokens_of(store, gone.id) == []
        assert await store.users.get(gone.id) == gone
