"""Passkeys: public keys with which users sign in to the desk (https://www.w3.org/TR/webauthn-3/)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from everpost.domain.ids import Id
from everpost.domain.people.users import User
from everpost.domain.records import Record

MAX_PASSKEY_NAME = 100
MAX_CREDENTIAL_ID = 1_364
"""Characters: 1,023 bytes, the longest id of a credential (WebAuthn, section 4)."""
MAX_PUBLIC_KEY = 8_000
"""Characters."""
_ID_DIGITS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey(Record):
    """A passkey as a store returns it. It never changes."""

    id: Id
    """Derived from `credential_id`; see `passkey_id`."""
    user_id: Id
    name: str
    credential_id: str
    """The id that the authenticator chose, in base64url."""
    public_key: str
    """As COSE, in base64url."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedPasskey:
    """A passkey with its owner."""

    passkey: Passkey
    owner: User


def passkey_id(credential_id: str) -> Id:
    """The id of the passkey with this credential: the beginning of its SHA-256. So the database has at most
    one passkey for each credential, without another unique index.
    """
    return Id(hashlib.sha256(credential_id.encode()).hexdigest()[:_ID_DIGITS])
