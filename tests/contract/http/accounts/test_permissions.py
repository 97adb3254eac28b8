"""docs/permissions.md is true: every operation on every resource, by every role, on every store."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from everpost.app import create_api
from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.tokens import ROLE_SCOPES, Token, digest, new_secret
from everpost.domain.people.users import Role, User
from everpost.services.accounts.passwords import hash_password
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.contract.http.accounts.permission_rows import Row, asker, rows
from tests.contract.http.accounts.permissions import PASSWORD, Request, World
from tests.contract.http.calls import ask, assert_problem
from tests.contract.http.conftest import Applications
from tests.contract.http.people import PEOPLE, Who

NEEDS_NO_TOKEN = {
    *("POST /login", "POST /login/passkey", "POST /login/passkey-options", "POST /login/reset"),
    *("GET /health/live", "GET /health/ready"),
}
"""What is answered whatever stands in `Authorization`."""


EITHER = ("your own", "with its key")
"""For your own comment, on a post that you moderate, either scope suffices."""


@pytest.fixture
async def store(applications: Applications, store_name: str) -> Store:
    """The store behind `client`, with its people in it."""
    store = (await applications.empty_blog(store_name)).store
    # Without it, only a server with pages can create a link to one.
    await store.blog.save(BlogChange(updated_at=now(), base_url="https://blog.example"), match=None)
    return store


@pytest.fixture  # not for the session: it would be there before `quick_passwords`
async def password_hash() -> str:
    return await hash_password(PASSWORD)


async def make_token(store: Store, user: User, **fields: object) -> str:
    secret = new_secret()
    token = Token(
        id=new_id(),
        user_id=user.id,
        name="A token",
        scopes=ROLE_SCOPES[user.role],
        digest=digest(secret),
        created_at=now() - timedelta(days=2),
    )
    await store.tokens.add(replace(token, **fields))  # type: ignore[arg-type]  # the fields of a test
    return secret


async def send(client: httpx.AsyncClient, row: Row, request: Request, secret: str | None) -> httpx.Response:
    method = row.call.partition(" ")[0]
    built = client.build_request(
        method,
        request.path,
        json=request.json,
        data=request.form,
        content=request.content,
        headers=request.headers,
    )
    del built.headers["authorization"]
    if secret is not None:
        built.headers["authorization"] = f"Bearer {secret}"
    return await client.send(built)


async def test_permissions_are_those_of_the_table(
    client: httpx.AsyncClient, store: Store, password_hash: str
) -> None:
    world = World(store, password_hash)
    without_scopes = await make_token(store, PEOPLE["admin"].user, scopes=frozenset())
    wrong: list[str] = []
    for row in rows():
        for column, status in row.statuses.items():
            who = asker(column)
            request = await world.request(row, who)
            secret = None if who == "nobody" else PEOPLE[who].secret
            shown = request.secret or (without_scopes if column == "no scopes" else secret)
            answer = await send(client, row, request, shown)
            if answer.status_code != status:
                wrong.append(f"{row.call} ({row.what}) by {column}: {answer.status_code}, not {status}")
            if answer.status_code == 401:
                assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not wrong, "\n".join(wrong)


Spoil = Callable[[Store, User], Awaitable[str]]


async def malformed(_store: Store, _user: User) -> str:
    return "evp_" + "0" * 38


async def unknown(_store: Store, _user: User) -> str:
    return new_secret()


async def expired(store: Store, user: User) -> str:
    return await make_token(store, user, expires_at=now() - timedelta(milliseconds=1))


async def revoked(store: Store, user: User) -> str:
    token_id = new_id()
    secret = await make_token(store, user, id=token_id)
    await store.tokens.remove(token_id, user_id=None)
    return secret


async def of_a_disabled_user(store: Store, _user: User) -> str:
    user = User(
        id=new_id(),
        name="Gone",
        email="gone@blog.example",
        role=Role.ADMIN,
        created_at=now(),
        updated_at=now(),
        disabled_at=now(),
    )
    await store.users.add(user)
    return await make_token(store, user)


@pytest.mark.parametrize("spoil", [malformed, unknown, expired, revoked, of_a_disabled_user])
async def test_an_invalid_token_is_401_on_every_endpoint(
    client: httpx.AsyncClient, store: Store, password_hash: str, spoil: Spoil
) -> None:
    world = World(store, password_hash)
    secret = await spoil(store, PEOPLE["admin"].user)
    for row in {row.call: row for row in rows()}.values():
        answer = await send(client, row, await world.request(row, "admin"), secret)
        if row.call in NEEDS_NO_TOKEN:
            assert answer.status_code == 200, row
        else:
            assert_problem(answer, 401)
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.long_but_on("sqlite", "mongodb")  # scopes are compared outside of the stores
async def test_a_token_without_the_required_scope_is_refused(
    client: httpx.AsyncClient, store: Store, password_hash: str
) -> None:
    """Every request that requires a scope is refused to a token that has all other scopes."""
    who: Who = "admin"
    world, user = World(store, password_hash), PEOPLE[who].user
    every = ROLE_SCOPES[user.role]
    for row in rows():
        may, refused = row.statuses.get(who), row.statuses["no scopes"]
        if (
            may is None
            or may >= 400
            or refused < 400
            or ("comment_id" in row.call and row.what.startswith(EITHER))
        ):
            continue
        refusals = 0
        for scope in every:
            token_id = new_id()
            secret = await make_token(store, user, id=token_id, scopes=every - {scope})
            answer = await send(client, row, await world.request(row, who), secret)
            assert answer.status_code in {may, 403, 404}, (row, scope)
            await store.tokens.remove(token_id, user_id=None)
            refusals += answer.status_code != may
        assert refusals >= 1, row


def test_every_call_is_in_the_table() -> None:
    document = create_api(Settings(database_url="sqlite://")).openapi()
    calls = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    assert calls == {row.call for row in rows()}


async def test_a_revoked_token_stops_working_immediately(client: httpx.AsyncClient) -> None:
    made = await ask(client, "author", "POST", "/tokens", json={"name": "Mine", "scopes": ["account"]})
    mine = {"authorization": f"Bearer {made.json()['token']}"}
    assert (await client.get("/users/me", headers=mine)).status_code == 200
    path = f"/tokens/{made.json()['id']}"
    assert (await ask(client, "author", "DELETE", path)).status_code == 204
    assert_problem(await client.get("/users/me", headers=mine), 401)
