"""The account and its sessions at the desk, on every database."""

from datetime import timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.people.tokens import TokenKind, digest
from everpost.domain.people.users import Role, UserChange
from everpost.services.accounts.passwords import is_right
from tests.contract.desk.account.test_signing_in import FIREFOX, cookie_of
from tests.contract.desk.conftest import PASSWORD, DeskSite, give_password
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page
from tests.contract.port.examples import tokens_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

ANN = PEOPLE["author"].user
NEWER = "a horse with a new battery"


@pytest.fixture
async def ann(desk: DeskSite) -> DeskSite:
    """The author, with a password and a session."""
    await give_password(desk.store, "author")
    return await desk.as_("author")


async def is_signed_in(person: DeskSite) -> bool:
    return (await person.get("/desk/account")).status_code == 200


async def test_the_account_shows_and_changes_the_name(ann: DeskSite) -> None:
    page = Page(await ann.get("/desk/account"))
    assert page.one("//title") == "Your account · Blog"
    assert page.one("//input[@name='name']/@value") == ANN.name
    answer = await ann.send("/desk/account", {"name": " Ann B. ", "email": ANN.email, "current_password": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account")
    user = await ann.store.users.get(ANN.id)
    assert (user.name, user.email, user.role) == ("Ann B.", ANN.email, Role.AUTHOR)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"email": "new@blog.example"}, "current_password", "Is required to change the email."),
        (
            {"email": "new@blog.example", "current_password": "wrong"},
            "current_password",
            "This is not your current password.",
        ),
        (
            {"email": PEOPLE["admin"].user.email, "current_password": PASSWORD},
            "email",
            "Another user already has this email address.",
        ),
        ({"name": ""}, "name", "Fill in this field."),
        ({"email": "no address"}, "current_password", "Is required to change the email."),
    ],
    ids=range(5),
)
async def test_a_refused_change_changes_nothing(
    ann: DeskSite, fields: dict[str, str], field: str, message: str
) -> None:
    before = await ann.store.users.get(ANN.id)
    answer = await ann.send("/desk/account", {"name": ANN.name, "email": ANN.email, **fields})
    assert answer.status_code in (409, 422)
    assert Page(answer).one(f"//*[@id='{field}-error']") == message
    assert await ann.store.users.get(ANN.id) == before


async def test_a_new_email_address_requires_the_password(ann: DeskSite) -> None:
    fields = {"name": ANN.name, "email": "new@blog.example", "current_password": PASSWORD}
    assert (await ann.send("/desk/account", fields)).status_code == 303
    assert (await ann.store.users.get(ANN.id)).email == "new@blog.example"


async def test_a_new_password_ends_the_other_sessions(ann: DeskSite) -> None:
    other = await ann.as_("author")
    wrong = await ann.send("/desk/account/password", {"current_password": "wrong", "new_password": NEWER})
    assert (wrong.status_code, await is_signed_in(other)) == (422, True)
    fields = {"current_password": PASSWORD, "new_password": NEWER}
    assert (await ann.send("/desk/account/password", fields)).status_code == 303
    assert (await is_signed_in(ann), await is_signed_in(other)) == (True, False)
    assert await is_right(NEWER, (await ann.store.users.get(ANN.id)).password_hash)


async def test_another_role_ends_all_sessions(ann: DeskSite) -> None:
    api = ann.client
    body = {"role": "editor"}
    answer = await api.patch(f"/api/users/{ANN.id}", json=body, headers=PEOPLE["admin"].headers)
    assert answer.status_code == 200
    assert not await is_signed_in(ann)
    again = await ann.as_("author")
    await api.patch(f"/api/users/{ANN.id}", json=body, headers=PEOPLE["admin"].headers)
    assert await is_signed_in(again)


async def test_sessions_are_listed_and_ended(ann: DeskSite) -> None:
    signed_in = await ann.send("/desk/login", {"email": ANN.email, "password": PASSWORD}, user_agent=FIREFOX)
    firefox = DeskSite(ann.client, ann.store, ann.app, cookie_of(signed_in))
    assert not await is_signed_in(ann)
    others = [await ann.as_("author") for _ in range(2)]
    page = Page(await firefox.get("/desk/account"))
    assert page.all("//li//bdi") == ["A browser", "A browser", "Firefox (Linux)"]
    assert page.one("//li[contains(., 'This browser')]//bdi") == "Firefox (Linux)"
    action = page.all("//li//form/@action")[0]
    assert (await firefox.send(action, {})).status_code == 303
    assert [await is_signed_in(each) for each in (firefox, *others)].count(True) == 2
    assert (await firefox.send("/desk/account/sessions", {})).status_code == 303
    assert [await is_signed_in(each) for each in (firefox, *others)] == [True, False, False]
    kinds = [token.kind for token in await tokens_of(ann.store, ANN.id)]
    assert sorted(kinds) == [TokenKind.LOGIN, TokenKind.NAMED]
    (own,) = Page(await firefox.get("/desk/account")).all("//li//form/@action")
    ended = await firefox.send(own, {})
    assert (ended.headers["location"], cookie_of(ended)) == ("/desk/login", "")
    assert not await is_signed_in(firefox)


async def test_a_named_token_is_no_session_to_end(ann: DeskSite) -> None:
    (named,) = [each for each in await tokens_of(ann.store, ANN.id) if each.kind is TokenKind.NAMED]
    assert (await ann.send(f"/desk/account/sessions/{named.id}", {})).status_code == 404
    assert await ann.store.tokens.find(named.digest) is not None


async def test_giving_the_password_again_starts_a_new_session(ann: DeskSite) -> None:
    page = Page(await ann.get("/desk/confirm?next=%2Fdesk%2Faccount"))
    assert page.one("//title") == "Confirm your password · Blog"
    fields = {"next": page.all("//input[@name='next']/@value")[0], "current_password": PASSWORD}
    answer = await ann.send("/desk/confirm", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account")
    assert cookie_of(answer) != ann.secret
    assert not await is_signed_in(ann)
    assert await is_signed_in(DeskSite(ann.client, ann.store, ann.app, cookie_of(answer)))


async def test_wrong_passwords_are_limited_when_they_are_asked_for_again(strict_desk: DeskSite) -> None:
    await give_password(strict_desk.store, "author")
    ann = await strict_desk.as_("author")
    statuses = [(await ann.send("/desk/confirm", {"current_password": "x"})).status_code for _ in range(3)]
    assert statuses == [422, 422, 429]


async def test_a_disabled_user_cannot_be_confirmed(ann: DeskSite) -> None:
    change = UserChange(updated_at=now() + timedelta(seconds=1), is_disabled=True)
    await ann.store.users.save(ANN.id, change, match=None)
    assert (await ann.send("/desk/confirm", {"current_password": PASSWORD})).status_code == 401
    assert ann.secret is not None
    assert await ann.store.tokens.find(digest(ann.secret)) is None
