"""The declarative base of all tables."""

from sqlalchemy import MetaData, event
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The declarative base. It names constraints, so that a migration can drop them. Primary keys already
    have a name on every engine, which on MySQL cannot be changed.
    """

    metadata = MetaData(
        naming_convention={
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
@event.listens_for(Base, "before_delete", propagate=True)
def _refuse(_mapper: object, _connection: object, row: Base) -> None:
    """Refuse to flush a session, which would bypass the store's rules."""
    raise InvalidRequestError(
        f"Everpost's table {row.__tablename__} is written through its API: docs/use-from-your-code.md"
    )
