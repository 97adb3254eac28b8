"""Invitations, and links that set a password, on every database."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from everpost.app import create_app
from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.people.tokens import TokenKind, new_secret
from everpost.domain.people.users import Role, User, UserChange
from everpost.services.accounts import password_resets
from everpost.services.accounts.password_resets import INVITATION_LIFETIME, RESET_LIFETIME
from everpost.services.accounts.passwords import is_right
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.conftest import Blog
from tests.contract.desk.conftest import give_password
from tests.contract.http.accounts.credentials import secret_for
from tests.contract.http.calls import ask, assert_problem
from tests.contract.http.conftest import LENIENT, Applications
from tests.contract.http.people import PEOPLE, add_people, headers_of
from tests.contract.port.examples import tokens_of

ANN = PEOPLE["author"].user
IVY = {"name": " Ivy Invited ", "email": "ivy@blog.example", "role": "editor"}
PASSWORD = "a horse with a new battery"
LINK = f"/users/{ANN.id}/reset-link"


@pytest.fixture
async def store(applications: Applications, store_name: str) -> Store:
    """The store behind `client`."""
    return (await applications.empty_blog(store_name)).store


async def use(client: httpx.AsyncClient, token: str, **more: str) -> httpx.Response:
    """Set a password with this link."""
    return await ask(
        client, "nobody", "POST", "/login/reset", json={"token": token, "password": PASSWORD} | more
    )


async def ann(store: Store) -> User:
    return await store.users.get(ANN.id)


async def test_an_invited_user_chooses_a_name_and_a_password(client: httpx.AsyncClient, store: Store) -> None:
    answer = await ask(client, "admin", "POST", "/invitations", json=IVY)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "private, no-store")
    user, link = answer.json()["user"], answer.json()["link"]
    assert answer.headers["location"] == f"/users/{user['id']}"
    assert (user["name"], user["role"], user["has_password"]) == ("Ivy Invited", "editor", False)
    assert link["url"] is None  # this server has no pages
    (token,) = await tokens_of(store, user["id"])
    assert (token.kind, token.scopes) == (TokenKind.RESET, frozenset())
    used = await use(client, link["token"], name=" Ivy ")
    assert (used.status_code, used.headers["cache-control"]) == (200, "no-store")
    mine = {"authorization": f"Bearer {used.json()['access_token']}"}
    me = (await client.get("/users/me", headers=mine)).json()
    assert (me["id"], me["name"], me["has_password"]) == (user["id"], "Ivy", True)
    (login,) = await tokens_of(store, user["id"])
    assert (login.kind, login.id) == (TokenKind.LOGIN, used.json()["id"])


async def test_a_refused_invitation_adds_nobody(client: httpx.AsyncClient, store: Store) -> None:
    for body, status in (
        ({"email": PEOPLE["editor"].user.email}, 409),
        ({"email": "nobody"}, 422),
        ({"name": "\u202e"}, 422),
        ({"role": "owner"}, 422),
        ({"password": PASSWORD}, 422),
    ):
        assert_problem(await ask(client, "admin", "POST", "/invitations", json=IVY | body), status)
    assert await store.users.find(IVY["email"]) is None


async def test_a_link_works_once_and_ends_all_logins(client: httpx.AsyncClient, store: Store) -> None:
    await give_password(store, "author")
    login = await client.post("/login", data={"username": ANN.email, "password": "correct horse battery"})
    link = (await ask(client, "admin", "POST", LINK)).json()
    assert (await use(client, link["token"])).status_code == 200
    old = {"authorization": f"Bearer {login.json()['access_token']}"}
    assert_problem(await client.get("/users/me", headers=old), 401)
    assert await is_right(PASSWORD, (await ann(store)).password_hash)
    before = await ann(store)
    again = await use(client, link["token"], password=PASSWORD + "!")
    assert_problem(again, 401)
    assert again.json()["detail"] == "The link is invalid, has expired or has been used."
    assert await ann(store) == before


async def test_one_of_several_uses_wins(client: httpx.AsyncClient, store: Store) -> None:
    secret = await secret_for(store, ANN)
    passwords = [f"{PASSWORD} {number}" for number in range(4)]
    answers = await asyncio.gather(*[use(client, secret, password=each) for each in passwords])
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    won = next(each for each, answer in zip(passwords, answers, strict=True) if answer.status_code == 200)
    assert await is_right(won, (await ann(store)).password_hash)
    assert [token.kind for token in await tokens_of(store, ANN.id)].count(TokenKind.LOGIN) == 1


async def test_one_of_several_concurrent_links_remains(client: httpx.AsyncClient, store: Store) -> None:
    answers = await asyncio.gather(*[ask(client, "admin", "POST", LINK) for _ in range(4)])
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [token.kind for token in await tokens_of(store, ANN.id)].count(TokenKind.RESET) == 1
    used = [(await use(client, answer.json()["token"])).status_code for answer in answers]
    assert sorted(used) == [200, 401, 401, 401]


async def test_what_is_no_link_sets_no_password(client: httpx.AsyncClient, store: Store) -> None:
    secret = await secret_for(store, ANN)
    before = await ann(store)
    for wrong in (new_secret(), secret[:-1], f"{secret} ", "", "evp_\u0000", PEOPLE["author"].secret):
        assert_problem(await use(client, wrong), 401)
    for weak in ("short", "password1234", "x" * 1_001):
        assert_problem(await use(client, secret, password=weak), 422)
    assert_problem(await use(client, secret, name="\u202e"), 422)
    assert await ann(store) == before
    assert (await use(client, secret)).status_code == 200


@pytest.mark.parametrize("has_password", [True, False])
async def test_a_link_expires(
    client: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch, has_password: bool
) -> None:
    if has_password:
        await give_password(store, "author")
    lifetime = RESET_LIFETIME if has_password else INVITATION_LIFETIME
    moment = now()
    monkeypatch.setattr(password_resets, "now", lambda: moment)
    secret = await secret_for(store, ANN)
    monkeypatch.setattr(password_resets, "now", lambda: moment + lifetime)
    assert_problem(await use(client, secret), 401)
    monkeypatch.setattr(password_resets, "now", lambda: moment + lifetime - timedelta(milliseconds=1))
    assert (await use(client, secret)).status_code == 200


async def test_a_stolen_link_is_useless_after_any_of_these(client: httpx.AsyncClient) -> None:
    """A new link, a new password or role, disabling the user even if it is undone, or revoking the token."""
    numbers = itertools.count()

    async def invited() -> tuple[str, str]:
        body = IVY | {"email": f"{next(numbers)}@blog.example"}
        made = (await ask(client, "admin", "POST", "/invitations", json=body)).json()
        return made["user"]["id"], made["link"]["token"]

    async def change(id: str, **body: object) -> None:
        assert (await ask(client, "admin", "PATCH", f"/users/{id}", json=body)).status_code == 200

    async def enable_again(id: str) -> None:
        await change(id, disabled=True)
        await change(id, disabled=False)

    async def revoke(id: str) -> None:
        (token,) = (await ask(client, "admin", "GET", f"/tokens?user_id={id}")).json()
        assert token["kind"] == "reset"
        assert (await ask(client, "admin", "DELETE", f"/tokens/{token['id']}")).status_code == 204

    async def remove(id: str) -> None:
        assert (await ask(client, "admin", "DELETE", f"/users/{id}?posts=keep")).status_code == 204

    spoils: tuple[Callable[[str], Awaitable[object]], ...] = (
        lambda user_id: ask(client, "admin", "POST", f"/users/{user_id}/reset-link"),
        lambda user_id: change(user_id, password="another horse with a battery"),
        lambda user_id: change(user_id, role=Role.AUTHOR.value),
        lambda user_id: change(user_id, disabled=True),
        enable_again,
        revoke,
        remove,
    )
    for spoil in spoils:
        user_id, secret = await invited()
        await spoil(user_id)
        assert_problem(await use(client, secret), 401)


async def test_nobody_gets_a_link_for_a_disabled_or_unknown_user(
    client: httpx.AsyncClient, store: Store
) -> None:
    await store.users.save(ANN.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    assert_problem(await ask(client, "admin", "POST", LINK), 403)
    assert await tokens_of(store, ANN.id) == []
    for unknown in ("0" * 24, "me"):
        assert_problem(await ask(client, "admin", "POST", f"/users/{unknown}/reset-link"), 404)


async def test_a_link_authenticates_no_request(client: httpx.AsyncClient, store: Store) -> None:
    secret = await secret_for(store, ANN)
    answer = await client.get("/users/me", headers={"authorization": f"Bearer {secret}"})
    assert_problem(answer, 401)


async def test_other_origins_cannot_log_anyone_in(client: httpx.AsyncClient, store: Store) -> None:
    body = {"token": await secret_for(store, ANN), "password": PASSWORD}
    answer = await client.post("/login/reset", json=body, headers={"origin": "https://evil.example"})
    assert_problem(answer, 403)
    assert (await use(client, body["token"])).status_code == 200


async def test_the_url_leads_to_the_desk(blog: Blog) -> None:
    app = create_app(Settings.model_validate({"database_url": blog.url, **LENIENT}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://blog.example") as client,
    ):
        await add_people(blog.store)
        path = f"/api/users/{ANN.id}/reset-link"
        for base, page in (
            (None, "http://blog.example/desk/invitation"),
            ("https://ann.example/b", "https://ann.example/b/desk/reset"),
        ):
            if base is not None:
                await blog.store.blog.save(BlogChange(updated_at=now(), base_url=base), match=None)
                await give_password(blog.store, "author")
            link = (await client.post(path, headers=headers_of("admin"))).json()
            assert link["url"] == f"{page}#{link['token']}"
