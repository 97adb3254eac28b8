"""Limits on what may be tried how often from one address."""

import hmac
from ipaddress import IPv6Address, ip_address
from math import ceil

from everpost.domain.clock import now
from everpost.errors import TooMany
from everpost.stores.port import Store

_IPV6_PREFIX = 64
"""Bits of an IPv6 address that say who it is: whoever has one has a network of them (RFC 6177)."""


async def count_try(store: Store, kind: str, address: str, most: int, message: str) -> None:
    """Count one try more of this kind from this address. TooMany, with the message, where there were
    `most` already since the first one, for the rest of its hour.
    """
    moment = now()
    tally = await store.limits.hit(await _key(store, kind, address), moment)
    if tally.count > most:
        raise TooMany(message, retry_after=max(1, ceil((tally.until - moment).total_seconds())))


async def forgive_try(store: Store, kind: str, address: str) -> None:
    """Count one try less: it was none of those that are limited."""
    await store.limits.forgive(await _key(store, kind, address))


def address_key(key: bytes, kind: str, address: str) -> str:
    """What is kept of an address: a hash under the key of the blog, another one for each kind of try."""
    return hmac.new(key, f"{kind}\n{_party(address)}".encode(), "sha256").hexdigest()


async def _key(store: Store, kind: str, address: str) -> str:
    return address_key((await store.blog.get()).address_key, kind, address)


def _party(address: str) -> str:
    """Who is behind an address: the whole network of an IPv6 one."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:  # a name, or nothing
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> (128 - _IPV6_PREFIX):x}/{_IPV6_PREFIX}"
