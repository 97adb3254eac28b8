"""Passkeys, and links that set a password, for tests of the API."""

import json
from dataclasses import dataclass, field
from typing import Any

from everpost.domain.ids import Id
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import User
from everpost.services.accounts import passkeys
from everpost.services.accounts.passkeys import NewPasskey, Site
from everpost.services.accounts.password_resets import create_reset
from everpost.stores.port import Store
from tests.contract.desk.account.authenticator import Authenticator
from tests.contract.http.people import PEOPLE

SITE = Site("blog.example", ("http://blog.example",))
OPERATOR = Actor.of(PEOPLE["admin"].user, frozenset(Scope))


@dataclass(frozen=True)
class Device:
    """A device with an authenticator, whose answers are JSON in JSON."""

    authenticator: Authenticator = field(default_factory=Authenticator)

    async def create(self, store: Store, user: User) -> Any:  # noqa: ANN401 - JSON
        """A new credential of this user."""
        return json.loads(self.authenticator.create(await passkeys.options_of(store, user, SITE, "")))

    async def sign(self, store: Store) -> Any:  # noqa: ANN401 - JSON
        """The credential of a login."""
        return json.loads(self.authenticator.sign(await passkeys.login_options(store, SITE)))

    async def register(self, store: Store, user: User) -> Id:
        """Add the passkey of this device to the user; return its id."""
        credential = json.dumps(await self.create(store, user))
        key = await passkeys.verified(
            store, user, NewPasskey(name="A phone", credential=credential, site=SITE)
        )
        await store.passkeys.add(key)
        return key.id


async def secret_for(store: Store, user: User) -> str:
    """The secret of a link that sets this user's password."""
    return (await create_reset(store, OPERATOR, user.id)).secret
