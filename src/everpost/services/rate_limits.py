"""Rate limits by address."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil

from everpost.domain.clock import now
from everpost.domain.rate_limits import Limit, RateLimitCounter
from everpost.errors import TooMany
from everpost.stores.port import Store

_SITE_PREFIX = 48
_IPV6_PREFIX = 64
"""Bits of an IPv6 address that identify its holder, because customers get whole networks (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A limit, and the message for those who exceed it."""

    limit: Limit
    message: str


async def count_attempt(store: Store, allowances: Sequence[Allowance]) -> None:
    """Count one attempt against each allowance, in this order. If one is exceeded, raises TooMany with its
    message, and does not count the attempt against those after it. A window ends an hour after its first
    attempt.
    """
    moment = now()
    counters = await store.limits.hit([allowance.limit for allowance in allowances], moment)
    require_within(allowances, counters, moment)


def require_within(
    allowances: Sequence[Allowance], counters: Sequence[RateLimitCounter], moment: datetime
) -> None:
    """Raise TooMany for the first allowance that is exceeded, if any."""
    for allowance, counter in zip(allowances, counters, strict=False):
        if allowance.limit.is_exceeded_by(counter):
            raise TooMany(allowance.message, retry_after=seconds_to(counter.until, moment))


def seconds_to(until: datetime, moment: datetime) -> int:
    """The time between the two in whole seconds, at least one."""
    return max(1, ceil((until - moment).total_seconds()))


def site_of(address: str) -> str | None:
    """The /48 network of an IPv6 address, which is the largest that one customer has (RFC 6177); None for
    other addresses.
    """
    parsed = _parsed(address)
    return (
        f"{int(parsed) >> (128 - _SITE_PREFIX):x}/{_SITE_PREFIX}" if isinstance(parsed, IPv6Address) else None
    )


def address_key(key: bytes, kind: str, address: str) -> str:
    """The stored form of an address: a hash with the key of the blog, different for each kind of limit."""
    return hmac.new(key, f"{kind}\n{network_of(address)}".encode(), "sha256").hexdigest()


def network_of(address: str) -> str:
    """The network of an address: the /64 for IPv6, otherwise the address itself."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return f"{int(parsed) >> (128 - _IPV6_PREFIX):x}/{_IPV6_PREFIX}"
    return address if parsed is None else str(parsed)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address; None if it is a host name or empty."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
