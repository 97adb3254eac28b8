"""The keys and the sizes of bytes."""

import re

_KEY = re.compile(r"[0-9a-f]{64}(-[0-9]{1,5}\.[a-z0-9]{1,10})?")


def is_key(name: str) -> bool:
    """Whether this is the key of a file or of a resized copy, and so a safe name in any place."""
    return _KEY.fullmatch(name) is not None


def require_key(name: str) -> str:
    """Return the key. Raises ValueError if it is none."""
    if not is_key(name):
        raise ValueError(f"not a key: {name!r}")
    return name


def require_size(key: str, given: int, expected: int) -> None:
    """Raises ValueError if this is not the announced number of bytes."""
    if given != expected:
        raise ValueError(f"{key}: {given} bytes were given instead of {expected}")
