"""The requests of the permission table about signing in and accounts."""

from everpost.domain.ids import new_id
from everpost.domain.people.tokens import digest
from everpost.stores.port import Store
from tests.contract.desk.conftest import start_session
from tests.contract.desk.permissions import Prepare, Sent
from tests.contract.http.people import PEOPLE, Who
from tests.contract.port.people.test_passkeys import a_passkey

NEW_PASSWORD = "a horse with a new battery"


async def wrong_code(_store: Store, _who: Who) -> Sent:
    return Sent(fields={"code": "evp_unknown", "new_password": NEW_PASSWORD})


async def wrong_password(_store: Store, _who: Who) -> Sent:
    return Sent(fields={"current_password": "wrong"})


async def same_account(_store: Store, who: Who) -> Sent:
    user = PEOPLE[owner(who)].user
    return Sent(fields={"name": user.name, "email": user.email})


async def first_password(store: Store, who: Who) -> Sent:
    assert (await store.users.get(PEOPLE[owner(who)].user.id)).password_hash is None
    return Sent(fields={"new_password": NEW_PASSWORD})


async def own_session(store: Store, who: Who) -> Sent:
    return await session_of(store, owner(who))


async def session_of_another(store: Store, _who: Who) -> Sent:
    return await session_of(store, "other author")


async def session_of(store: Store, who: Who) -> Sent:
    found = await store.tokens.find(digest(await start_session(store, who)))
    assert found is not None
    return Sent({"token_id": found[0].id})


async def own_passkey(store: Store, who: Who) -> Sent:
    return await passkey_of(store, owner(who))


async def passkey_of_another(store: Store, _who: Who) -> Sent:
    return await passkey_of(store, "other author")


async def passkey_of(store: Store, who: Who) -> Sent:
    key = a_passkey(PEOPLE[who].user.id, str(new_id()))
    await store.passkeys.add(key)
    return Sent({"passkey_id": key.id})


async def malformed(_store: Store, _who: Who) -> Sent:
    return Sent(fields={"name": "A phone", "credential": "{}"})


def owner(who: Who) -> Who:
    """A person who has an account: nobody tries what the admin may do."""
    return "admin" if who == "nobody" else who


REQUESTS: dict[str, Prepare] = {
    "POST /desk/reset with an unknown code": wrong_code,
    "POST /desk/confirm with a wrong password": wrong_password,
    "POST /desk/account": same_account,
    "POST /desk/account/password": first_password,
    "POST /desk/account/passkeys malformed": malformed,
    "POST /desk/account/passkeys/{passkey_id} your own": own_passkey,
    "POST /desk/account/passkeys/{passkey_id} another user's": passkey_of_another,
    "POST /desk/account/sessions/{token_id} your own": own_session,
    "POST /desk/account/sessions/{token_id} another user's": session_of_another,
}
