"""Signing in and out at the desk."""

from datetime import timedelta
from http.cookies import SimpleCookie

import httpx
import pytest

from everpost.domain.blog import BlogChange
from everpost.domain.clock import now
from everpost.domain.people.tokens import TokenKind, digest
from everpost.domain.people.users import UserChange
from everpost.settings import Settings
from tests.contract.desk.conftest import COOKIE, PASSWORD, DeskSite, give_password
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page
from tests.contract.port.examples import tokens_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")

ADA = PEOPLE["admin"].user
RIGHT = {"email": ADA.email, "password": PASSWORD}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def cookie_of(answer: httpx.Response, name: str = COOKIE) -> str:
    """The session that the response starts, after a check of the cookie's attributes."""
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(f"{name}=")]
    morsel = SimpleCookie(cookie)[name]
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "lax", "/")
    assert morsel["domain"] == ""
    assert morsel["secure"] == (True if name.startswith("__Host-") else "")
    return morsel.value


async def test_signing_in_leads_to_the_page_that_was_requested(desk: DeskSite) -> None:
    await give_password(desk.store, "admin")
    away = await desk.get("/desk/posts?status=draft")
    assert (away.status_code, away.headers["cache-control"]) == (303, "no-store")
    assert away.headers["location"] == "/desk/login?next=%2Fdesk%2Fposts%3Fstatus%3Ddraft"
    page = Page(await desk.get(away.headers["location"]))
    assert page.one("//title") == "Sign in · Blog"
    assert page.all("//main//form/@action")[0] == "/desk/login"
    fields = {"next": page.all("//input[@name='next']/@value")[0], **RIGHT}
    answer = await desk.send("/desk/login", fields, user_agent=FIREFOX)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/posts?status=draft")
    secret = cookie_of(answer)
    (token,) = [each for each in await tokens_of(desk.store, ADA.id) if each.kind is TokenKind.LOGIN]
    assert (token.digest, token.name) == (digest(secret), "Firefox (Linux)")
    days = Settings.model_fields["session_days"].default
    assert token.expires_at == token.created_at + timedelta(days=days)
    signed_in = DeskSite(desk.client, desk.store, desk.app, secret)
    assert Page(await signed_in.get("/desk/posts")).one("//h1") == "Posts"


async def test_the_title_of_the_blog_is_in_the_title_of_each_page(desk: DeskSite) -> None:
    await desk.store.blog.save(BlogChange(updated_at=now(), title="Ada's <blog>"), match=None)
    assert Page(await desk.get("/desk/login")).one("//title") == "Sign in · Ada's <blog>"


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        (RIGHT | {"password": "wrong"}, 401, "The email address or the password is wrong."),
        (RIGHT | {"email": "nobody@blog.example"}, 401, "The email address or the password is wrong."),
        (RIGHT | {"email": PEOPLE["editor"].user.email}, 401, "The email address or the password is wrong."),
        (RIGHT | {"password": ""}, 422, "You are not signed in yet. Fill in this field."),
        (RIGHT | {"password": "x" * 1001}, 422, "You are not signed in yet. Enter at most 1000 characters."),
        ({}, 422, "You are not signed in yet. Fill in this field. Fill in this field."),
    ],
    ids=range(6),
)
async def test_a_wrong_password_starts_no_session(
    desk: DeskSite, fields: dict[str, str], status: int, message: str
) -> None:
    await give_password(desk.store, "admin")
    answer = await desk.send("/desk/login", {"next": "/desk", **fields})
    assert (answer.status_code, answer.headers.get_list("set-cookie")) == (status, [])
    page = Page(answer)
    assert page.one("//title") == "Error: Sign in · Blog"
    assert page.one("//*[@role='alert']") == message
    assert page.one("//input[@name='email']/@value") == fields.get("email", "")
    assert page.one("//input[@name='password']/@value") == ""
    assert all(each.kind is TokenKind.NAMED for each in await tokens_of(desk.store, ADA.id))


async def test_failed_attempts_are_limited_together_with_those_of_the_api(strict_desk: DeskSite) -> None:
    await give_password(strict_desk.store, "admin")
    wrong = RIGHT | {"password": "wrong"}
    assert (await strict_desk.send("/desk/login", wrong)).status_code == 401
    api = await strict_desk.client.post("/api/login", data={"username": ADA.email, "password": "wrong"})
    assert api.status_code == 401
    limited = await strict_desk.send("/desk/login", RIGHT)
    assert limited.status_code == 429
    assert int(limited.headers["retry-after"]) > 0
    assert Page(limited).one("//*[@role='alert']") == "Too many attempts. Try again later."
    assert limited.headers.get_list("set-cookie") == []


@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "/desk\\..\\", "javascript:alert(1)"),
        *("/", "/posts", "/deskevil", "/desk/../login", "desk/posts", "/desk/\nposts", "/desk/é", " /desk"),
    ],
)
async def test_signing_in_leads_only_to_pages_of_the_desk(desk: DeskSite, target: str) -> None:
    await give_password(desk.store, "admin")
    answer = await desk.send("/desk/login", {**RIGHT, "next": target})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/posts")
    signed_in = await desk.as_("admin")
    again = await signed_in.client.get("/desk/login", params={"next": target}, headers=signed_in.cookies)
    assert (again.status_code, again.headers["location"]) == (303, "/desk/posts")


async def test_signing_out_ends_the_session(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    answer = await ada.send("/desk/logout", {})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")
    assert cookie_of(answer) == ""
    assert (await ada.get("/desk/posts")).status_code == 303
    notice = answer.headers.get_list("set-cookie")[0].partition(";")[0]
    shown = await desk.get("/desk/login", cookie=notice)
    assert Page(shown).one("//*[@role='status']") == "You have signed out."
    assert 'everpost-notice=""' in shown.headers["set-cookie"]
    assert Page(await desk.get("/desk/login")).all("//*[@role='status']") == []


async def test_signing_in_again_ends_the_session_before(desk: DeskSite) -> None:
    await give_password(desk.store, "admin")
    ada = await desk.as_("admin")
    assert (await ada.send("/desk/login", RIGHT)).status_code == 303
    assert (await ada.get("/desk/posts")).status_code == 303


async def test_a_session_ends_when_it_expires_or_its_user_is_disabled(desk: DeskSite) -> None:
    editor = await desk.as_("editor")
    assert (await editor.get("/desk/posts")).status_code == 200
    change = UserChange(updated_at=now(), is_disabled=True)
    await desk.store.users.save(PEOPLE["editor"].user.id, change, match=None)
    assert (await editor.get("/desk/posts")).status_code == 303


async def test_only_a_session_is_accepted_in_the_cookie(desk: DeskSite) -> None:
    named = DeskSite(desk.client, desk.store, desk.app, PEOPLE["admin"].secret)
    assert (await named.get("/desk/posts")).status_code == 303
    for value in ("", "evp_", "x" * 5000):
        odd = DeskSite(desk.client, desk.store, desk.app, value)
        assert (await odd.get("/desk/posts")).status_code == 303
    assert (
        await desk.get("/desk/posts", authorization=f"Bearer {PEOPLE['admin'].secret}")
    ).status_code == 303


async def test_pages_for_readers_and_the_api_ignore_the_session(desk: DeskSite) -> None:
    ada = await desk.as_("admin")
    assert (await ada.get("/")).headers["cache-control"] == "public, no-cache"
    assert (await ada.get("/api/users/me")).status_code == 401
