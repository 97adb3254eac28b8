"""Limits on what may be tried how often from one address."""

import asyncio
import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil
from typing import Self

from everpost.domain.clock import now
from everpost.domain.rate_limits import Limit, RateLimitCounter
from everpost.errors import EverpostError, TooMany
from everpost.stores.port import Store

FORGET_EVERY = 60
"""Seconds."""
_SITE_PREFIX = 48
_IPV6_PREFIX = 64
"""Bits of an IPv6 address that identify its holder, who has a whole network (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """A limit, and the message for those who exceed it."""

    limit: Limit
    message: str


async def count_attempt(store: Store, allowances: Sequence[Allowance]) -> None:
    """Count one attempt against each of these, in this order. TooMany, with the message of the first that is
    exceeded, until an hour after the window's first attempt; later ones are not counted.
    """
    moment = now()
    tallies = await store.limits.hit([allowance.limit for allowance in allowances], moment)
    require_within(allowances, tallies, moment)


def require_within(
    allowances: Sequence[Allowance], tallies: Sequence[RateLimitCounter], moment: datetime
) -> None:
    """Raise TooMany for the first allowance that is exceeded, if any."""
    for allowance, tally in zip(allowances, tallies, strict=False):
        if allowance.limit.is_exceeded_by(tally):
            raise TooMany(allowance.message, retry_after=seconds_to(tally.until, moment))


def seconds_to(until: datetime, moment: datetime) -> int:
    """Whole seconds from the moment on, at least one."""
    return max(1, ceil((until - moment).total_seconds()))


def site(address: str) -> str | None:
    """The network of 48 bits of an IPv6 address, which is what one customer has at most (RFC 6177); None for
    others.
    """
    parsed = _parsed(address)
    return (
        f"{int(parsed) >> (128 - _SITE_PREFIX):x}/{_SITE_PREFIX}" if isinstance(parsed, IPv6Address) else None
    )


def address_key(key: bytes, kind: str, address: str) -> str:
    """The stored form of an address: a hash under the key of the blog, different for each kind of limit."""
    return hmac.new(key, f"{kind}\n{party(address)}".encode(), "sha256").hexdigest()


def party(address: str) -> str:
    """The network that stands for an address: for IPv6, the /64."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return f"{int(parsed) >> (128 - _IPV6_PREFIX):x}/{_IPV6_PREFIX}"
    return address if parsed is None else str(parsed)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """None for a name, or nothing."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


class ExpiryTask:
    """Background task that deletes expired counters, so that no hash of an address outlives its hour."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, store: Store) -> Self:
        """Forget what has ended, and go on doing so."""
        forgetter = cls(store)
        await forgetter._forget()
        forgetter._task = asyncio.create_task(forgetter._run(), name="everpost-forgetter")
        return forgetter

    async def stop(self) -> None:
        """Return when nothing is under way any more."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), FORGET_EVERY)
            except TimeoutError:
                await self._forget()

    async def _forget(self) -> None:
        with suppress(EverpostError):  # the next time will do
            await self._store.limits.forget(now())
