"""Setting up a new blog by one call, on every database."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from structlog.testing import capture_logs

from everpost.app import create_api
from everpost.domain.people.tokens import ROLE_SCOPES, TokenKind, new_secret
from everpost.domain.people.users import Role, User, UserQuery
from everpost.services.accounts.bootstrap import FIRST_EMAIL, keep_given_token, make_first_token
from everpost.services.accounts.passwords import is_right
from everpost.services.accounts.tokens import TokenDraft, issue_token
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.conftest import Blog
from tests.contract.http.accounts.credentials import Device
from tests.contract.http.calls import assert_problem
from tests.contract.http.conftest import LENIENT
from tests.contract.port.examples import register, tokens_of

PASSWORD = "a horse with a new battery"
BODY = {"title": "A blog", "name": "Ada", "email": "ada@blog.example", "password": PASSWORD}
WITHOUT_PASSWORD = {name: value for name, value in BODY.items() if name != "password"}


@pytest.fixture
async def new(blog: Blog) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a blog without users."""
    app = create_api(Settings.model_validate({"database_url": blog.url, **LENIENT}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://blog.example") as client,
    ):
        yield client


@pytest.fixture
async def secret(store: Store) -> str:
    """The secret that the first start prints."""
    made = await make_first_token(store)
    assert made is not None
    return made


async def set_up(client: httpx.AsyncClient, secret: str, body: Mapping[str, object] = BODY) -> httpx.Response:
    return await client.post("/setup", json=body, headers={"authorization": f"Bearer {secret}"})


async def admin_of(store: Store) -> User:
    (admin,) = (await store.users.page(UserQuery(limit=2))).rows
    return admin


async def test_one_call_sets_up_the_blog_and_logs_in(
    new: httpx.AsyncClient, store: Store, secret: str
) -> None:
    with capture_logs() as lines:
        answer = await set_up(new, secret)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    admin = await admin_of(store)
    assert (admin.name, admin.email, admin.role) == ("Ada", "ada@blog.example", Role.ADMIN)
    assert await is_right(PASSWORD, admin.password_hash)
    assert (await store.blog.get()).title == "A blog"
    (token,) = await tokens_of(store, admin.id)
    assert (token.kind, token.scopes, token.id) == (
        TokenKind.LOGIN,
        ROLE_SCOPES[Role.ADMIN],
        answer.json()["id"],
    )
    login = answer.json()["access_token"]
    assert (await new.get("/users/me", headers={"authorization": f"Bearer {login}"})).status_code == 200
    assert {line["event"] for line in lines} >= {"user.changed", "settings.changed", "login.succeeded"}
    for hidden in (secret, login, PASSWORD, BODY["email"]):
        assert hidden not in repr(lines)
    assert await make_first_token(store) is None


@pytest.mark.parametrize("with_password", [True, False])
async def test_a_passkey_can_replace_the_password(
    new: httpx.AsyncClient, store: Store, secret: str, with_password: bool
) -> None:
    headers = {"authorization": f"Bearer {secret}"}
    device = Device()
    options = await new.post("/users/me/passkeys/options", headers=headers)
    assert options.json()["rp"] == {"id": "blog.example", "name": "blog.example"}
    credential = await device.create(store, await admin_of(store))
    body = (BODY if with_password else WITHOUT_PASSWORD) | {
        "passkey": {"name": "A phone", "credential": credential}
    }
    assert (await set_up(new, secret, body)).status_code == 200
    admin = await admin_of(store)
    assert (admin.name, admin.password_hash is not None) == ("Ada", with_password)
    assert [key.name for key in await store.passkeys.of_user(admin.id)] == ["A phone"]
    login = await new.post("/login/passkey", json={"credential": await device.sign(store)})
    assert login.status_code == 200
    assert_problem(await set_up(new, secret), 401)
    assert_problem(await set_up(new, login.json()["access_token"]), 403)
    for token in await tokens_of(store, admin.id):
        await store.tokens.remove(token.id, user_id=admin.id)
    assert await make_first_token(store) is None  # the passkey still is a way in


async def test_one_of_several_setups_wins(new: httpx.AsyncClient, store: Store, secret: str) -> None:
    bodies = [BODY | {"title": f"Blog {each}", "email": f"{each}@blog.example"} for each in range(4)]
    answers = await asyncio.gather(*[set_up(new, secret, body) for body in bodies])
    won = [body for body, answer in zip(bodies, answers, strict=True) if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.status_code for answer in answers} <= {200, 401, 403}
    assert (await admin_of(store)).email == won[0]["email"]
    assert (await store.blog.get()).title == won[0]["title"]


async def test_a_configured_token_works_once_too(new: httpx.AsyncClient, store: Store) -> None:
    given = new_secret()
    await keep_given_token(store, given)
    answers = await asyncio.gather(*[set_up(new, given) for _ in range(3)])
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403]
    assert_problem(await set_up(new, given), 403)


async def test_a_refused_setup_changes_nothing_and_keeps_the_token(
    new: httpx.AsyncClient, store: Store, secret: str
) -> None:
    before, blog = await admin_of(store), await store.blog.get()
    less, _ = await issue_token(store, before, TokenDraft(name="Less", scopes=ROLE_SCOPES[Role.AUTHOR]))
    other = await register(store, email="other@blog.example")
    key = {"name": "A phone", "credential": await Device().create(store, other)}
    await store.users.remove(other.id, heir_id=None, match=None)
    assert_problem(await new.post("/setup", json=BODY), 401)
    assert_problem(await set_up(new, new_secret()), 401)
    assert_problem(await set_up(new, less), 403)
    changes: tuple[tuple[dict[str, object], str], ...] = (
        ({"title": "x" * 256}, "title"),
        ({"name": "\u202e"}, "name"),
        ({"email": "ada"}, "email"),
        ({"password": "password1234"}, "password"),
        ({"passkey": key}, "passkey.credential"),
        ({"passkey": {**key, "name": "\u200b"}}, "passkey.name"),
    )
    for change, field in changes:
        refused = await set_up(new, secret, BODY | change)
        assert_problem(refused, 422)
        assert refused.json()["errors"][0]["field"] == field
    assert_problem(await set_up(new, secret, WITHOUT_PASSWORD), 422)
    assert (await admin_of(store), before.email) == (before, FIRST_EMAIL)
    assert await store.blog.get() == blog
    assert (await set_up(new, secret)).status_code == 200


async def test_a_blog_with_more_users_has_been_set_up(
    new: httpx.AsyncClient, store: Store, secret: str
) -> None:
    await register(store, email="other@blog.example")
    assert_problem(await set_up(new, secret), 403)
