"""A form of the account has the same effect as its call of the API, on every database."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from everpost.domain.clock import EPOCH
from everpost.domain.people.users import User
from everpost.services.accounts.passwords import is_right
from everpost.stores.port import Store
from tests.contract.desk.conftest import PASSWORD, DeskSite, give_password
from tests.contract.http.people import PEOPLE, Who
from tests.contract.port.examples import tokens_of

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

NEWER = "a horse with a new battery"
DESK: Who = "author"
API: Who = "other author"
CASES: Mapping[str, tuple[str, dict[str, str], dict[str, object]]] = {
    "name": ("/desk/account", {"name": "Zoë"}, {"name": "Zoë"}),
    "email": (
        "/desk/account",
        {"email": "{0}@new.example", "current_password": PASSWORD},
        {"email": "{0}@new.example", "current_password": PASSWORD},
    ),
    "password": (
        "/desk/account/password",
        {"new_password": NEWER, "current_password": PASSWORD},
        {"password": NEWER, "current_password": PASSWORD},
    ),
    "sessions": ("/desk/account/sessions", {}, {"revoke_logins": True}),
}
"""A form, its fields, and the body of `PATCH /users/me`. Fields that are left out keep their values."""


def of(who: Who, text: str) -> str:
    return text.format(PEOPLE[who].user.id)


async def state(store: Store, who: Who) -> tuple[User, bool, list[str]]:
    """The user without what must differ between two, the password, and the names of the tokens."""
    user = await store.users.get(PEOPLE[who].user.id)
    email = user.email.replace(user.id, "").replace(PEOPLE[who].user.email, "the same")
    name = user.name.replace(PEOPLE[who].user.name, "the same")
    shown = replace(
        user, id=PEOPLE[DESK].user.id, email=email, name=name, password_hash=None, updated_at=EPOCH
    )
    tokens = [token.name for token in await tokens_of(store, user.id)]
    return shown, await is_right(NEWER, user.password_hash), sorted(tokens)


@pytest.mark.parametrize("case", CASES)
async def test_a_form_and_its_call_have_the_same_effect(desk: DeskSite, case: str) -> None:
    path, fields, body = CASES[case]
    for who in (DESK, API):
        await give_password(desk.store, who)
    ann, otto, others = await desk.as_(DESK), await desk.as_(API), (await desk.as_(DESK), await desk.as_(API))
    user = PEOPLE[DESK].user
    kept = {"name": user.name, "email": user.email} if path == "/desk/account" else {}
    sent = await ann.send(path, kept | {name: of(DESK, text) for name, text in fields.items()})
    assert sent.status_code == 303
    called = await desk.client.patch(
        "/api/users/me",
        json={name: of(API, text) if isinstance(text, str) else text for name, text in body.items()},
        headers={"authorization": f"Bearer {otto.secret}"},
    )
    assert called.status_code == 200
    assert await state(desk.store, DESK) == await state(desk.store, API)
    for person in (ann, otto):
        assert (await person.get("/desk/account")).status_code == 200
    ended = [(await other.get("/desk/account")).status_code == 303 for other in others]
    assert ended == [case in ("password", "sessions")] * 2
