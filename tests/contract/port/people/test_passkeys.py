"""Passkeys on every store."""

from datetime import datetime

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.ids import Id, new_id
from everpost.domain.people.passkeys import OwnedPasskey, Passkey, passkey_id
from everpost.domain.people.users import UserChange
from everpost.errors import Conflict, NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import LATER, MOMENT, register
from tests.contract.refusals import raises


def a_passkey(user_id: Id, credential_id: str = "abc-_", created_at: datetime = MOMENT) -> Passkey:
    return Passkey(
        id=passkey_id(credential_id),
        user_id=user_id,
        name="A phone",
        credential_id=credential_id,
        public_key="def-_",
        created_at=created_at,
    )


async def test_a_passkey_is_found_with_its_owner(store: Store) -> None:
    user = await register(store)
    key = a_passkey(user.id)
    assert await store.passkeys.find(key.id) is None
    await store.passkeys.add(key)
    assert await store.passkeys.find(key.id) == OwnedPasskey(passkey=key, owner=user)
    disabled = await store.users.save(user.id, UserChange(updated_at=LATER, is_disabled=True), match=None)
    assert await store.passkeys.find(key.id) == OwnedPasskey(passkey=key, owner=disabled)
    assert await store.passkeys.find(new_id()) is None


async def test_the_passkeys_of_a_user_are_listed_oldest_first(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    moments = (LATER, LATEST, EARLIEST, MOMENT)
    keys = [a_passkey(ada.id, f"of ada {moment}", moment) for moment in moments]
    for key in (*keys, a_passkey(bob.id, "of bob")):
        await store.passkeys.add(key)
    assert list(await store.passkeys.of_user(ada.id)) == sorted(keys, key=lambda key: key.created_at)
    assert list(await store.passkeys.of_user(new_id())) == []


async def test_a_credential_belongs_to_one_user(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    await store.passkeys.add(a_passkey(ada.id))
    for user in (ada, bob):
        with raises(Conflict, "passkey", "id"):
            await store.passkeys.add(a_passkey(user.id))
    assert list(await store.passkeys.of_user(bob.id)) == []


async def test_a_passkey_needs_a_user(store: Store) -> None:
    with raises(NotFound, "user"):
        await store.passkeys.add(a_passkey(new_id()))
    gone = await register(store)
    await store.users.remove(gone.id, heir_id=None, match=None)
    with raises(NotFound, "user"):
        await store.passkeys.add(a_passkey(gone.id))


async def test_only_its_user_removes_a_passkey(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    key = a_passkey(ada.id)
    await store.passkeys.add(key)
    for passkey, user_id in ((key.id, bob.id), (new_id(), ada.id)):
        with raises(NotFound, "passkey"):
            await store.passkeys.remove(passkey, user_id=user_id)
    await store.passkeys.remove(key.id, user_id=ada.id)
    assert await store.passkeys.find(key.id) is None
    await store.passkeys.add(a_passkey(bob.id))


async def test_the_passkeys_of_a_removed_user_are_gone(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    await store.passkeys.add(a_passkey(ada.id))
    await store.users.remove(ada.id, heir_id=None, match=None)
    assert await store.passkeys.find(a_passkey(ada.id).id) is None
    await store.passkeys.add(a_passkey(bob.id))
