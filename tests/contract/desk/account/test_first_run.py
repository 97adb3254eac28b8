"""Setting up a new blog at the desk, on every database."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from everpost.app import create_app
from everpost.domain.clock import now
from everpost.domain.people.tokens import ROLE_SCOPES, Scope, TokenKind, new_secret
from everpost.domain.people.users import Role, User, UserQuery
from everpost.services.accounts.bootstrap import FIRST_EMAIL, keep_given_token, make_first_token
from everpost.services.accounts.tokens import TokenDraft, issue_token
from everpost.settings import Settings
from everpost.stores.port import Store
from tests.conftest import Blog
from tests.contract.desk.account.test_signing_in import cookie_of
from tests.contract.desk.conftest import PASSWORD, DeskSite
from tests.contract.http.conftest import LENIENT
from tests.contract.pages.html import Page
from tests.contract.port.examples import a_user, tokens_of

FIELDS = {"title": "A blog", "name": "Ada", "email": "ada@blog.example", "password": PASSWORD}


@pytest.fixture
async def new(blog: Blog) -> AsyncIterator[DeskSite]:
    """An empty blog, as the first start of a server leaves it."""
    app = create_app(Settings.model_validate({"database_url": blog.url, **LENIENT}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://blog.example") as client,
    ):
        yield DeskSite(client, blog.store, app)


@pytest.fixture
async def code(store: Store) -> str:
    secret = await make_first_token(store)
    assert secret is not None
    return secret


async def users_of(store: Store) -> Sequence[User]:
    return (await store.users.page(UserQuery(limit=10))).rows


async def test_the_first_admin_sets_up_the_blog_and_is_signed_in(new: DeskSite, code: str) -> None:
    assert "Is this your new blog?" in (await new.get("/desk/login")).text
    page = Page(await new.get("/desk/welcome"))
    assert page.one("//title") == "Welcome · Blog"
    labels = ["Setup code", "Blog title", "Name", "Email", "Password"]
    assert page.all("//label") == labels
    assert page.all("//main//button") == ["Create blog", "Use a passkey instead"]
    answer = await new.send("/desk/welcome", {"code": code, **FIELDS})
    assert answer.status_code == 303
    (admin,) = await users_of(new.store)
    assert (admin.name, admin.email, admin.role) == ("Ada", "ada@blog.example", Role.ADMIN)
    assert (await new.store.blog.get()).title == "A blog"
    (token,) = await tokens_of(new.store, admin.id)
    assert (token.kind, token.scopes) == (TokenKind.LOGIN, ROLE_SCOPES[Role.ADMIN])
    signed_in = DeskSite(new.client, new.store, new.app, cookie_of(answer))
    assert Page(await signed_in.get("/desk/posts")).one("//title") == "Posts · A blog"
    assert "Is this your new blog?" not in (await new.get("/desk/login")).text


async def test_the_code_works_once(new: DeskSite, code: str) -> None:
    await new.send("/desk/welcome", {"code": code, **FIELDS})
    before = await users_of(new.store)
    again = await new.send("/desk/welcome", {"code": code, **FIELDS, "email": "eve@blog.example"})
    assert (again.status_code, again.headers.get_list("set-cookie")) == (410, [])
    shown = await new.get("/desk/welcome")
    assert (shown.status_code, Page(shown).all("//form")) == (410, [])
    assert await users_of(new.store) == before


async def test_one_of_several_submissions_wins(new: DeskSite, code: str) -> None:
    people = [FIELDS | {"title": f"Blog {each}", "email": f"{each}@blog.example"} for each in range(4)]
    answers = await asyncio.gather(*[new.send("/desk/welcome", {"code": code, **each}) for each in people])
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]
    winner = next(each for each, answer in zip(people, answers, strict=True) if answer.status_code == 303)
    (admin,) = await users_of(new.store)
    assert admin.email == winner["email"]
    assert (await new.store.blog.get()).title == winner["title"]
    assert [each.kind for each in await tokens_of(new.store, admin.id)] == [TokenKind.LOGIN]


async def test_nobody_without_the_code_becomes_an_admin(new: DeskSite, code: str) -> None:
    for wrong in (new_secret(), code[:-1], f"{code}x", "evp_"):
        answer = await new.send("/desk/welcome", {"code": wrong, **FIELDS})
        assert (answer.status_code, answer.headers.get_list("set-cookie")) == (403, [])
        page = Page(answer)
        assert page.one("//*[@id='code-error']") == "This code is wrong, has expired or has been used."
        assert page.one("//input[@name='name']/@value") == "Ada"
        assert PASSWORD not in answer.text
    (admin,) = await users_of(new.store)
    assert (admin.email, admin.password_hash) == (FIRST_EMAIL, None)
    assert (await new.store.blog.get()).title == ""
    assert (await new.send("/desk/welcome", {"code": code, **FIELDS})).status_code == 303


@pytest.mark.usefixtures("code")
async def test_a_token_with_fewer_scopes_sets_up_nothing(new: DeskSite) -> None:
    (admin,) = await users_of(new.store)
    for scopes in (frozenset[Scope](), ROLE_SCOPES[Role.AUTHOR]):
        secret, _ = await issue_token(new.store, admin, TokenDraft(name="Less", scopes=scopes))
        assert (await new.send("/desk/welcome", {"code": secret, **FIELDS})).status_code == 403
    assert list(await users_of(new.store)) == [admin]


async def test_a_configured_token_sets_up_the_blog_too(new: DeskSite) -> None:
    secret = new_secret()
    await keep_given_token(new.store, secret)
    assert (await new.send("/desk/welcome", {"code": secret, **FIELDS})).status_code == 303
    assert (await new.send("/desk/welcome", {"code": secret, **FIELDS})).status_code == 410


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("code", "", "Fill in this field."),
        ("title", "", "Fill in this field."),
        ("title", "x" * 256, "Enter at most 255 characters."),
        ("name", " ", "Fill in this field."),
        ("email", "ada", "Enter an email address, such as ann@blog.example."),
        ("password", "too short", "Enter at least 12 characters."),
        ("password", "password1234", "This password is too easy to guess"),
    ],
)
async def test_a_refused_form_keeps_what_was_typed(
    new: DeskSite, code: str, field: str, text: str, message: str
) -> None:
    sent = {"code": code, **FIELDS, field: text}
    answer = await new.send("/desk/welcome", sent)
    assert answer.status_code == 422
    page = Page(answer)
    assert page.one(f"//*[@id='{field}-error']").startswith(message)
    assert len(page.all("//*[@role='alert']//a")) == 1
    for name in {*sent} - {"password"}:
        assert page.one(f"//input[@name='{name}']/@value") == sent[name].strip()
    assert (await new.send("/desk/welcome", {"code": code, **FIELDS})).status_code == 303


async def test_a_blog_with_more_users_has_been_set_up(new: DeskSite, code: str) -> None:
    await new.store.users.add(a_user(created_at=now()))
    assert (await new.get("/desk/welcome")).status_code == 410
    assert (await new.send("/desk/welcome", {"code": code, **FIELDS})).status_code == 410
