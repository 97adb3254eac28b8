"""`everpost token`, on every database."""

import asyncio

import pytest

from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope, is_well_formed
from everpost.errors import Unauthenticated
from everpost.services.accounts.tokens import identify
from everpost.stores import open_store
from tests.cli.conftest import Command

ANNA = "anna@blog.example"


@pytest.fixture(autouse=True)
def anna(everpost: Command, blog_database: str) -> str:
    """A user, and the URL of the database."""
    assert everpost("user", "add", ANNA, "--name", "Anna", "--role", "editor", "--no-password").status == 0
    return blog_database


def show(url: str, secret: str) -> Actor:
    """Return the user of this token."""

    async def run() -> Actor:
        store = await open_store(url, timeout=10, pool_size=1)
        try:
            return await identify(store, secret)
        finally:
            await store.close()

    return asyncio.run(run())


def test_a_token_is_printed_alone_and_is_good(everpost: Command, anna: str) -> None:
    created = everpost("token", "create", ANNA)
    assert is_well_formed(created.out.rstrip("\n"))
    actor = show(anna, created.out.strip())
    assert actor.user is not None
    assert actor.user.email == ANNA
    assert actor.scopes == frozenset(Scope) - {Scope.ADMIN}


def test_scopes_name_and_end_are_listed_and_the_secret_is_not(everpost: Command) -> None:
    options = ("--name", "A robot", "--scope", "posts:write", "--scope", "account", "--days", "2")
    secret = everpost("token", "create", ANNA, *options).out.strip()
    listed = everpost("token", "list", ANNA).out
    assert "A robot  account posts:write  never used  expires " in listed
    assert secret not in listed
    assert secret[4:20] not in listed


def test_a_token_that_is_revoked_is_good_no_longer(everpost: Command, anna: str) -> None:
    secret = everpost("token", "create", ANNA).out.strip()
    token_id = everpost("token", "list", ANNA).out.split()[0]
    assert everpost("token", "revoke", token_id).status == 0
    with pytest.raises(Unauthenticated):
        show(anna, secret)
    assert everpost("token", "revoke", token_id).status == 1


def test_a_scope_beyond_the_role_is_one_clear_line(everpost: Command) -> None:
    refused = everpost("token", "create", ANNA, "--scope", "admin")
    assert (refused.status, refused.out) == (1, "")
    assert refused.err.startswith("everpost: ")
    assert everpost("token", "list", ANNA).out == ""


@pytest.mark.parametrize("options", [("--scope", "everything"), ("--days", "0")])
def test_what_is_no_scope_or_no_time_is_wrong_usage(everpost: Command, options: tuple[str, str]) -> None:
    assert everpost("token", "create", ANNA, *options).status == 2


def test_a_token_without_an_owner_or_an_id_is_one_clear_line(everpost: Command) -> None:
    assert everpost("token", "create", "nobody@blog.example").err == (
        "everpost: There is no user 'nobody@blog.example'.\n"
    )
    assert everpost("token", "revoke", "nothing").err == "everpost: There is no token 'nothing'.\n"


def test_what_is_generated_is_a_token(everpost: Command) -> None:
    assert is_well_formed(everpost("token", "generate").out.strip())
