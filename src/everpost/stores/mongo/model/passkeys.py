"""Maps documents of passkeys to domain values, and domain values to documents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from bson import ObjectId

from everpost.domain.ids import Id
from everpost.domain.people.passkeys import Passkey


class PasskeyDocument(TypedDict):
    """A passkey."""

    _id: ObjectId
    user_id: ObjectId
    name: str
    credential_id: str
    public_key: str
    created_at: datetime


def passkey_document(passkey: Passkey) -> PasskeyDocument:
    """The document of a passkey."""
    return {
        "_id": ObjectId(passkey.id),
        "user_id": ObjectId(passkey.user_id),
        "name": passkey.name,
        "credential_id": passkey.credential_id,
        "public_key": passkey.public_key,
        "created_at": passkey.created_at,
    }


def read_passkey(document: Mapping[str, Any]) -> Passkey:
    """The passkey in a document."""
    return Passkey(
        id=Id(str(document["_id"])),
        user_id=Id(str(document["user_id"])),
        name=document["name"],
        credential_id=document["credential_id"],
        public_key=document["public_key"],
        created_at=document["created_at"],
    )
