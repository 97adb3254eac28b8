"""Colour profiles (ICC.1), which are kept."""

import zlib

from everpost.media.limits import Limits

_HEADER = 128
_SIGNATURE = slice(36, 40)


def checked_profile(profile: bytes, limits: Limits) -> bytes | None:
    """The profile without anything that follows it; None if it is not one, which readers ignore. Raises
    TooLarge.
    """
    size = int.from_bytes(profile[:4], "big")
    if profile[_SIGNATURE] != b"acsp" or not _HEADER < size <= len(profile):
        return None
    limits.check_profile(size)
    return profile[:size]


def inflated_profile(compressed: bytes, limits: Limits) -> tuple[bytes, bytes] | None:
    """A profile compressed by zlib, and exactly the bytes that it was inflated from; None if they are not
    valid. Raises TooLarge, before more than the limit is inflated.
    """
    inflater = zlib.decompressobj()
    try:
        profile = inflater.decompress(compressed, limits.profile + 1)
    except zlib.error:
        return None
    limits.check_profile(len(profile))
    if not inflater.eof:
        return None
    end = len(compressed) - len(inflater.unused_data)
    return profile, compressed[:end]
