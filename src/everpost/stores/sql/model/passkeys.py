"""The table of passkeys, and the mapping of its rows to domain values."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from everpost.domain.ids import Id
from everpost.domain.people.passkeys import MAX_PASSKEY_NAME, Passkey
from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.mappers import AnyRow, Values
from everpost.stores.sql.model.tables import MYSQL_TABLE, UserRow
from everpost.stores.sql.model.types import IdText, LongText, Moment


class PasskeyRow(Base):
    """A passkey of a user."""

    __tablename__ = "passkeys"
    __table_args__ = (Index(None, "user_id", "created_at", "id"), MYSQL_TABLE)

    id: Mapped[Id] = mapped_column(IdText, primary_key=True)
    user_id: Mapped[Id] = mapped_column(IdText, ForeignKey(UserRow.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(MAX_PASSKEY_NAME))
    credential_id: Mapped[str] = mapped_column(LongText)
    public_key: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime] = mapped_column(Moment)


def passkey_of(row: AnyRow) -> Passkey:
    """Return the passkey in a row."""
    return Passkey(
        id=row.id,
        user_id=row.user_id,
        name=row.name,
        credential_id=row.credential_id,
        public_key=row.public_key,
        created_at=row.created_at,
    )


def passkey_values(passkey: Passkey) -> Values:
    """Return the row of a passkey."""
    return {
        "id": passkey.id,
        "user_id": passkey.user_id,
        "name": passkey.name,
        "credential_id": passkey.credential_id,
        "public_key": passkey.public_key,
        "created_at": passkey.created_at,
    }
