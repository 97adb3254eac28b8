"""Setting a new password with a link, on every database."""

import asyncio

import pytest

from everpost.domain.clock import now
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope, TokenKind, new_secret
from everpost.domain.people.users import User, UserChange
from everpost.errors import Unauthenticated
from everpost.services.accounts import password_resets
from everpost.services.accounts.password_resets import RESET_LIFETIME, create_reset
from everpost.services.accounts.passwords import is_right
from everpost.services.accounts.tokens import identify
from everpost.stores.port import Store
from tests.contract.desk.account.test_signing_in import cookie_of
from tests.contract.desk.conftest import DeskSite, give_password
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page
from tests.contract.port.examples import tokens_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

ANN = PEOPLE["author"].user
ADMIN = Actor.of(PEOPLE["admin"].user, frozenset(Scope))
NEWER = "a horse with a new battery"


@pytest.fixture
async def code(desk: DeskSite) -> str:
    """The code in a link for the author, who has a password."""
    await give_password(desk.store, "author")
    return (await create_reset(desk.store, ADMIN, ANN.id)).secret


async def ann(store: Store) -> User:
    return await store.users.get(ANN.id)


async def test_a_link_sets_a_password_and_ends_all_sessions(desk: DeskSite, code: str) -> None:
    before = await desk.as_("author")
    page = Page(await desk.get("/desk/reset"))
    assert page.one("//title") == "New password · Blog"
    answer = await desk.send("/desk/reset", {"code": code, "new_password": NEWER})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/posts")
    assert await is_right(NEWER, (await ann(desk.store)).password_hash)
    assert (await before.get("/desk/posts")).status_code == 303
    signed_in = DeskSite(desk.client, desk.store, desk.app, cookie_of(answer))
    assert (await signed_in.get("/desk/posts")).status_code == 200
    again = await desk.send("/desk/reset", {"code": code, "new_password": NEWER + "!"})
    assert (again.status_code, again.headers.get_list("set-cookie")) == (403, [])
    kinds = sorted(token.kind for token in await tokens_of(desk.store, ANN.id))
    assert kinds == [TokenKind.LOGIN, TokenKind.NAMED]


async def test_a_new_link_replaces_earlier_ones(desk: DeskSite, code: str) -> None:
    link = await create_reset(desk.store, ADMIN, ANN.id)
    assert link.secret not in repr(link)
    for sent, status in ((code, 403), (link.secret, 303)):
        answer = await desk.send("/desk/reset", {"code": sent, "new_password": NEWER})
        assert answer.status_code == status


async def test_one_of_several_submissions_wins(desk: DeskSite, code: str) -> None:
    passwords = [f"{NEWER} {number}" for number in range(4)]
    answers = await asyncio.gather(
        *[desk.send("/desk/reset", {"code": code, "new_password": each}) for each in passwords]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 403, 403, 403]
    won = next(each for each, answer in zip(passwords, answers, strict=True) if answer.status_code == 303)
    assert await is_right(won, (await ann(desk.store)).password_hash)


async def test_a_wrong_code_changes_nothing(desk: DeskSite, code: str) -> None:
    before = await ann(desk.store)
    wrong = (new_secret(), code[:-1], "evp_", PEOPLE["author"].secret)
    for each in wrong:
        answer = await desk.send("/desk/reset", {"code": each, "new_password": NEWER})
        assert answer.status_code == 403
        text = Page(answer).one("//*[@id='code-error']")
        assert text == "This code is wrong, has expired or has been used."
    assert await ann(desk.store) == before


async def test_a_weak_password_keeps_the_link(desk: DeskSite, code: str) -> None:
    answer = await desk.send("/desk/reset", {"code": code, "new_password": "password1234"})
    assert answer.status_code == 422
    page = Page(answer)
    assert page.one("//*[@id='new_password-error']").startswith("This password is too easy to guess")
    assert page.one("//input[@name='code']/@value") == code
    assert (await desk.send("/desk/reset", {"code": code, "new_password": NEWER})).status_code == 303


async def test_a_link_expires(desk: DeskSite, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = now() + RESET_LIFETIME
    monkeypatch.setattr(password_resets, "now", lambda: later)
    assert (await desk.send("/desk/reset", {"code": code, "new_password": NEWER})).status_code == 403


async def test_a_disabled_user_cannot_use_a_link(desk: DeskSite, code: str) -> None:
    await desk.store.users.save(ANN.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    assert (await desk.send("/desk/reset", {"code": code, "new_password": NEWER})).status_code == 403


async def test_the_code_authenticates_no_request(desk: DeskSite, code: str) -> None:
    with pytest.raises(Unauthenticated):
        await identify(desk.store, code)
    assert (await DeskSite(desk.client, desk.store, desk.app, code).get("/desk/posts")).status_code == 303
