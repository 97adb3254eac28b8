"""People and texts of the blogs that tests move."""

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.people.users import Author, Role, User
from tests.contract.port.examples import a_user, numbered

PLANES = "".join(chr((plane << 16) + 0xFFD) for plane in range(17)) + "\U0010ffff\u0001\ufffe\t\r\n"
"""A code point of each plane of Unicode, and some that are none of the usual."""

HASH = "$argon2id$v=19$m=65536,t=3,p=4$lPuoC1AWe2hzIFWug/A47A$1717SJ4X8aC1VxtV0/WvofA2Z6WrvrdAeN15cfqdVvQ"

ANN = a_user(id=numbered(0xE1), name="Ann \U0001f600", email="Ann@Example.org", role=Role.ADMIN)
OTTO = a_user(id=numbered(0xE2), name="Ötto", disabled_at=LATEST, password_hash=HASH, created_at=EARLIEST)


def by(user: User) -> Author:
    """The user as records refer to it."""
    return Author(id=user.id, name="")
