"""Limits on what may be tried how often from one address."""

import asyncio
import hmac
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil
from typing import Self

from everpost.domain.clock import now
from everpost.errors import EverpostError, TooMany
from everpost.stores.port import Store

FORGET_EVERY = 60
"""Seconds."""
_SITE_PREFIX = 48
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


def site(address: str) -> str | None:
    """The network of 48 bits of an IPv6 address, which is what one customer has at most (RFC 6177); None for
    others.
    """
    parsed = _parsed(address)
    return (
        f"{int(parsed) >> (128 - _SITE_PREFIX):x}/{_SITE_PREFIX}" if isinstance(parsed, IPv6Address) else None
    )


def address_key(key: bytes, kind: str, address: str) -> str:
    """What is kept of an address: a hash under the key of the blog, another one for each kind of try."""
    return hmac.new(key, f"{kind}\n{party(address)}".encode(), "sha256").hexdigest()


async def _key(store: Store, kind: str, address: str) -> str:
    return address_key((await store.blog.get()).address_key, kind, address)


def party(address: str) -> str:
    """Who is behind an address: the whole network of an IPv6 one."""
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


class Forgetter:
    """Sees to it that of addresses not even hashes stay when their hour is over, on a quiet blog too."""

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
