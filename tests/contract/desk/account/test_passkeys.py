"""Passkeys at the desk, on every database."""

import asyncio
import json
from datetime import timedelta

import cbor2
import pytest

from everpost.domain.clock import now
from everpost.domain.people.users import UserChange
from everpost.services.accounts import passkeys
from everpost.services.accounts.passkeys import CHALLENGE_LIFETIME
from tests.contract.desk.account.authenticator import PRESENT, Authenticator, decoded, encoded
from tests.contract.desk.account.test_signing_in import FIREFOX, cookie_of
from tests.contract.desk.conftest import DeskSite
from tests.contract.http.people import PEOPLE
from tests.contract.pages.html import Page

pytestmark = pytest.mark.long_but_on("sqlite", "mongodb")  # the services are tested on every store

ANN = PEOPLE["author"].user
PATH = "/desk/account/passkeys"
REFUSED = "The passkey was not accepted. Try again."
TOO_DEEP = "[" * 5_000
"""More JSON in JSON than a parser accepts."""


async def options_on(person: DeskSite, path: str) -> str:
    return Page(await person.get(path)).one("//form/@data-options")


async def register(person: DeskSite, device: Authenticator, name: str = "A phone") -> None:
    credential = device.create(await options_on(person, PATH))
    answer = await person.send(PATH, {"name": name, "credential": credential})
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)


@pytest.fixture
async def ann(desk: DeskSite) -> DeskSite:
    return await desk.as_("author")


@pytest.fixture
async def device(ann: DeskSite) -> Authenticator:
    """A device with a passkey of the author."""
    device = Authenticator()
    await register(ann, device)
    return device


async def test_a_passkey_signs_in(desk: DeskSite, ann: DeskSite, device: Authenticator) -> None:
    (key,) = await desk.store.passkeys.of_user(ANN.id)
    assert (key.name, key.credential_id) == ("A phone", encoded(device.id))
    page = Page(await ann.get(PATH))
    assert (page.one("//title"), page.one("//li//bdi")) == ("Passkeys · Blog", "A phone")
    options = await options_on(desk, "/desk/login?next=%2Fdesk%2Faccount")
    sent = {"credential": device.sign(options), "next": "/desk/account"}
    answer = await desk.send("/desk/login/passkey", sent, user_agent=FIREFOX)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/account")
    signed_in = DeskSite(desk.client, desk.store, desk.app, cookie_of(answer))
    assert Page(await signed_in.get("/desk/account")).one("//input[@name='name']/@value") == ANN.name


async def test_a_challenge_works_once(desk: DeskSite, device: Authenticator) -> None:
    credential = device.sign(await options_on(desk, "/desk/login"))
    answers = await asyncio.gather(
        *[desk.send("/desk/login/passkey", {"credential": credential}) for _ in range(4)]
    )
    assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401]
    refused = next(answer for answer in answers if answer.status_code == 401)
    assert Page(refused).one("//*[@role='alert']") == REFUSED
    assert refused.headers.get_list("set-cookie") == []


async def test_a_challenge_expires(
    desk: DeskSite, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    credential = device.sign(await options_on(desk, "/desk/login"))
    later = now() + CHALLENGE_LIFETIME + timedelta(seconds=1)
    monkeypatch.setattr(passkeys, "now", lambda: later)
    assert (await desk.send("/desk/login/passkey", {"credential": credential})).status_code == 401


async def test_what_others_sign_is_refused(desk: DeskSite, ann: DeskSite, device: Authenticator) -> None:
    async def sign_in(credential: str) -> int:
        return (await desk.send("/desk/login/passkey", {"credential": credential})).status_code

    async def options() -> str:
        return await options_on(desk, "/desk/login")

    unknown = Authenticator()
    elsewhere, unverified = Authenticator("https://evil.example"), Authenticator(flags=PRESENT)
    for each in (elsewhere, unverified):
        each.id, each._key = device.id, device._key
    forger = Authenticator(id=device.id)
    for other in (unknown, elsewhere, unverified, forger):
        assert await sign_in(other.sign(await options())) == 401
    wanted = json.loads(await options())
    for challenge in ("", encoded(bytes(40)), encoded(decoded(wanted["challenge"])[:-1] + b"\0")):
        assert await sign_in(device.sign(json.dumps(wanted | {"challenge": challenge}))) == 401
    registration = json.loads(await options_on(ann, PATH))
    swapped = {"challenge": registration["challenge"], "rpId": wanted["rpId"]}
    assert await sign_in(device.sign(json.dumps(swapped))) == 401
    deep = encoded(TOO_DEEP.encode())
    for client_data in ("_", deep):
        signed = json.loads(device.sign(await options()))
        signed["response"]["clientDataJSON"] = client_data
        assert await sign_in(json.dumps(signed)) == 401
    for malformed in ("", "{", "[]", "null", '{"response": {}}', TOO_DEEP):
        assert await sign_in(malformed) == 401
    assert await sign_in(device.sign(await options())) == 303


async def test_a_registration_must_answer_the_users_own_challenge(desk: DeskSite, ann: DeskSite) -> None:
    editor = await desk.as_("editor")
    of_editor, of_login = await options_on(editor, PATH), await options_on(desk, "/desk/login")
    own = json.loads(await options_on(ann, PATH))
    of_login = json.dumps(own | {"challenge": json.loads(of_login)["challenge"]})
    for options in (of_editor, of_login):
        sent = {"name": "A phone", "credential": Authenticator().create(options)}
        answer = await ann.send(PATH, sent)
        assert answer.status_code == 422
        assert Page(answer).one("//*[@role='alert']") == REFUSED
    for device in (Authenticator("https://evil.example"), Authenticator(flags=PRESENT)):
        sent = {"name": "A phone", "credential": device.create(await options_on(ann, PATH))}
        assert (await ann.send(PATH, sent)).status_code == 422
    assert list(await desk.store.passkeys.of_user(ANN.id)) == []


async def test_a_malformed_attestation_is_refused(ann: DeskSite) -> None:
    credential = json.loads(Authenticator().create(await options_on(ann, PATH)))
    attestation = cbor2.loads(decoded(credential["response"]["attestationObject"]))
    attestation |= {"fmt": "android-safetynet", "attStmt": {"ver": "1", "response": 1}}
    credential["response"]["attestationObject"] = encoded(cbor2.dumps(attestation))
    for sent in (json.dumps(credential), TOO_DEEP):
        answer = await ann.send(PATH, {"name": "A phone", "credential": sent})
        assert (answer.status_code, Page(answer).one("//*[@role='alert']")) == (422, REFUSED)


async def test_a_name_that_cannot_be_stored_is_refused(desk: DeskSite, ann: DeskSite) -> None:
    credential = Authenticator().create(await options_on(ann, PATH))
    answer = await ann.send(PATH, {"name": "A\0phone", "credential": credential})
    assert answer.status_code == 422
    assert Page(answer).one("//*[@id='name-error']") == "This contains a character that cannot be stored."
    assert list(await desk.store.passkeys.of_user(ANN.id)) == []


async def test_a_credential_is_registered_once(desk: DeskSite, ann: DeskSite, device: Authenticator) -> None:
    known = json.loads(await options_on(ann, PATH))["excludeCredentials"]
    assert [each["id"] for each in known] == [encoded(device.id)]
    editor = await desk.as_("editor")
    for person in (ann, editor):
        credential = device.create(await options_on(person, PATH))
        assert (await person.send(PATH, {"name": "Again", "credential": credential})).status_code == 409


async def test_a_removed_passkey_no_longer_signs_in(
    desk: DeskSite, ann: DeskSite, device: Authenticator
) -> None:
    action = Page(await ann.get(PATH)).one("//li//form/@action")
    assert (await (await desk.as_("editor")).send(action, {})).status_code == 404
    assert (await ann.send(action, {})).status_code == 303
    credential = device.sign(await options_on(desk, "/desk/login"))
    assert (await desk.send("/desk/login/passkey", {"credential": credential})).status_code == 401


async def test_a_disabled_user_does_not_sign_in_with_a_passkey(desk: DeskSite, device: Authenticator) -> None:
    await desk.store.users.save(ANN.id, UserChange(updated_at=now(), is_disabled=True), match=None)
    credential = device.sign(await options_on(desk, "/desk/login"))
    assert (await desk.send("/desk/login/passkey", {"credential": credential})).status_code == 401


async def test_a_passkey_needs_a_name(ann: DeskSite) -> None:
    credential = Authenticator().create(await options_on(ann, PATH))
    for name in ("", " ", "x" * 101):
        answer = await ann.send(PATH, {"name": name, "credential": credential})
        assert answer.status_code == 422
        assert Page(answer).all("//*[@id='name-error']")
