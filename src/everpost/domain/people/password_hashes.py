"""Password hashes: their accepted format, and the cost of checking one."""

import re
from dataclasses import dataclass

from everpost.errors import Invalid

MAX_HASH = 255
MAX_MEMORY = 256 * 1024
"""KiB."""
MAX_PASSES = 20
MAX_LANES = 16

_PHC = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,6}),t=([1-9][0-9]?),p=([1-9][0-9]?)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})"
)
"""The PHC string format: https://github.com/P-H-C/phc-string-format; a salt of 8 to 64 bytes, a hash of 16 to
64, without padding.
"""
_LEAST_MEMORY_OF_A_LANE = 8
"""KiB: RFC 9106, section 3.1."""


@dataclass(frozen=True, slots=True)
class HashCost:
    """The cost of checking a password."""

    memory: int
    """KiB."""
    passes: int
    lanes: int

    @property
    def work(self) -> int:
        """KiB written in all passes."""
        return self.memory * self.passes


def cost_of(password_hash: str) -> HashCost:
    """The cost of checking a password against this hash. Raises Invalid if it is not an argon2id hash, or so
    expensive that a few logins would block everyone else.
    """
    found = _PHC.fullmatch(password_hash)
    if found is None or _is_cut(found[4]) or _is_cut(found[5]):
        raise Invalid("password_hash", "is not an argon2id hash ($argon2id$v=19$m=…,t=…,p=…$salt$hash)")
    cost = HashCost(memory=int(found[1]), passes=int(found[2]), lanes=int(found[3]))
    if cost.memory > MAX_MEMORY or cost.passes > MAX_PASSES or cost.lanes > MAX_LANES:
        raise Invalid(
            "password_hash",
            f"costs too much to check: at most m={MAX_MEMORY}, t={MAX_PASSES} and p={MAX_LANES}",
        )
    if cost.memory < _LEAST_MEMORY_OF_A_LANE * cost.lanes:
        raise Invalid("password_hash", "has less memory than argon2id needs: m is at least 8 times p")
    return cost


def _is_cut(text: str) -> bool:
    """Whether this is not the base64 form of whole bytes."""
    return len(text) % 4 == 1
