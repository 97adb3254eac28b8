"""The passkeys of users."""

from collections.abc import Sequence
from typing import Protocol

from everpost.domain.ids import Id
from everpost.domain.people.passkeys import OwnedPasskey, Passkey


class Passkeys(Protocol):
    """Passkeys are removed together with their user."""

    async def find(self, id: Id) -> OwnedPasskey | None:
        """Return the passkey and its owner, even if the owner is disabled."""
        ...

    async def of_user(self, user_id: Id) -> Sequence[Passkey]:
        """Return a user's passkeys, oldest first."""
        ...

    async def add(self, passkey: Passkey) -> None:
        """Add a new passkey. Raises NotFound (the user), Conflict("id")."""
        ...

    async def remove(self, id: Id, *, user_id: Id) -> None:
        """Remove a passkey of this user. Raises NotFound."""
        ...
