"""The token and the client address of a request."""

import httpx
import pytest
import structlog

from everpost.domain.people.tokens import Scope, new_secret
from everpost.domain.people.users import Role
from tests.api.conftest import PASSWORD, Site, Sites

CHALLENGE = 'Bearer realm="everpost"'
FORM = {"username": "nobody@blog.example", "password": "a wrong password"}


async def test_without_a_token_a_challenge_is_returned(site: Site) -> None:
    for method, path in [("GET", "/users"), ("GET", "/users/me"), ("GET", "/tokens"), ("PATCH", "/settings")]:
        answer = await site.client.request(method, path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == CHALLENGE
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        "evp_",
        f"Bearer {new_secret()}",
        f"Bearer {new_secret()} {new_secret()}",
        f"Token {new_secret()}",
        "Bearer \xe4\xf6\xfc",
    ],
    ids=range(10),
)
async def test_an_invalid_token_is_401_everywhere(site: Site, header: str) -> None:
    for path in ("/posts", "/users", "/users/me"):
        answer = await site.client.get(path, headers=[(b"authorization", header.encode("latin-1"))])
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == f'{CHALLENGE}, error="invalid_token"'


async def test_two_tokens_are_refused(site: Site) -> None:
    header = await site.showing(await site.user(Role.ADMIN))
    answer = await site.client.get("/users/me", headers=[*header.items(), *header.items()])
    assert answer.status_code == 401


async def test_the_scheme_may_be_written_in_any_case(site: Site) -> None:
    header = (await site.showing(await site.user(Role.AUTHOR)))["authorization"]
    for spelling in (header, header.replace("Bearer", "bearer"), header.replace("Bearer ", "BEARER   ")):
        answer = await site.client.get("/users/me", headers={"authorization": spelling})
        assert answer.status_code == 200


async def test_a_token_without_the_scope_is_403(site: Site) -> None:
    admin = await site.user(Role.ADMIN)
    header = await site.showing(admin, Scope.ACCOUNT)
    for path in ("/users", f"/users/{admin.id}", "/users/ffffffffffffffffffffffff"):
        answer = await site.client.get(path, headers=header)
        assert answer.status_code == 403
        assert "admin" in answer.json()["detail"]
    reader = await site.showing(admin, Scope.POSTS_WRITE)
    assert (await site.client.get("/users/me", headers=reader)).status_code == 200
    for method, path, body in [
        ("PATCH", "/users/me", {"name": "Else"}),
        ("GET", "/tokens", None),
        ("POST", "/tokens", {"name": "More"}),
        ("PATCH", "/settings", {"title": "Mine"}),
    ]:
        assert (await site.client.request(method, path, headers=reader, json=body)).status_code == 403


async def log_in_from(client: httpx.AsyncClient, *forwarded: str) -> int:
    headers = [("x-forwarded-for", each) for each in forwarded]
    return (await client.post("/login", data=FORM, headers=headers)).status_code


async def test_forwarded_addresses_are_ignored_without_a_proxy(sites: Sites) -> None:
    site = await sites.open(failed_logins_per_hour=2)
    statuses = [await log_in_from(site.client, f"198.51.100.{number}") for number in range(3)]
    assert statuses == [401, 401, 429]


async def test_behind_a_proxy_the_client_address_is_the_one_it_added(sites: Sites) -> None:
    site = await sites.open(failed_logins_per_hour=1, proxies=1)
    assert await log_in_from(site.client, "203.0.113.9, 198.51.100.1") == 401
    assert await log_in_from(site.client, "203.0.113.8", "198.51.100.1:4711") == 429
    assert await log_in_from(site.client, "198.51.100.1, 198.51.100.2") == 401
    assert await log_in_from(site.client, "[2001:db8::1]:443") == 401
    assert await log_in_from(site.client, "2001:db8::2") == 429


async def test_behind_two_proxies_the_client_address_is_from_the_first(sites: Sites) -> None:
    site = await sites.open(failed_logins_per_hour=1, proxies=2)
    assert await log_in_from(site.client, "203.0.113.9, 198.51.100.1, 10.0.0.1") == 401
    assert await log_in_from(site.client, "198.51.100.1, 10.0.0.2") == 429
    assert await log_in_from(site.client, "198.51.100.1") == 401
    assert await log_in_from(site.client) == 429


async def test_a_login_that_succeeds_is_not_counted(sites: Sites) -> None:
    site = await sites.open(failed_logins_per_hour=1)
    user = await site.user(Role.AUTHOR, password=PASSWORD)
    for _ in range(3):
        answer = await site.client.post("/login", data={"username": user.email, "password": PASSWORD})
        assert answer.status_code == 200
    wrong = await site.client.post("/login", data={"username": user.email, "password": "a wrong one"})
    assert wrong.status_code == 401
    answer = await site.client.post("/login", data={"username": user.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 3600


@pytest.mark.parametrize(
    ("header", "proxies", "warnings"),
    [("x-forwarded-for", 0, 1), ("forwarded", 0, 1), ("x-forwarded-for", 1, 0), ("x-real-name", 0, 0)],
)
async def test_an_unexpected_proxy_is_logged_once(
    sites: Sites, header: str, proxies: int, warnings: int
) -> None:
    site = await sites.open(proxies=proxies)
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            await site.client.get("/posts", headers={header: "198.51.100.1"})
    warned = [log["event"] for log in logs if "EVERPOST_PROXIES" in log["event"]]
    assert len(warned) == warnings
