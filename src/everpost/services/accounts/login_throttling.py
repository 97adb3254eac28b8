"""Limits on guessing passwords that slow attackers down and lock nobody out.

Wrong passwords are counted by network and by account. A network that has used up its allowance waits for the
rest of the hour. An account under attack from many networks is not locked: attempts from networks unknown to
it are delayed, longer as wrong passwords add up. A network from which the account logged in recently has a
separate allowance for it, which other networks cannot use up.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from everpost.domain.clock import now
from everpost.domain.rate_limits import WINDOW, Limit
from everpost.errors import Busy, TooMany
from everpost.services.accounts.bounded_locks import BoundedLocks
from everpost.services.rate_limits import (
    Allowance,
    address_key,
    network_of,
    require_within,
    seconds_to,
    site_of,
)
from everpost.stores.port import Store

KNOWN_FOR = timedelta(days=30)
"""How long the network of a login is remembered, as a hash with the key of the blog."""
LONGEST_PAUSE = 900
"""Seconds. The rightful user never waits longer, regardless of the number of guesses."""
_SITES = 10
"""The allowance of an IPv6 /48 site, as a multiple of that of a /64 network."""
_GUESSES_A_STEP = 10
"""The pause doubles with each further group of this many guesses."""
_MESSAGE = "Too many failed logins. Try again later."
_locks = BoundedLocks()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleRules:
    """The number of wrong passwords allowed per hour."""

    failures_per_hour: int
    """Per network."""
    failures_per_account: int = 100
    """Per account, before attempts from unknown networks are delayed."""


@dataclass(slots=True)
class LoginAttempt:
    """An attempt to log in."""

    is_known: bool
    """Whether the account logged in from this network recently."""
    is_right: bool = False
    """Whether the password is right. Set by the caller."""


@asynccontextmanager
async def throttled_attempt(
    store: Store, account: str, address: str, rules: ThrottleRules
) -> AsyncIterator[LoginAttempt]:
    """Count an attempt to log in to an account, unless it succeeds or is not checked. Raises TooMany, Busy.

    Attempts from one network are checked one after the other, so concurrent ones do not count against each
    other.
    """
    async with _locks.hold(network_of(address)):
        keys = _Keys((await store.blog.get()).address_key, account, address)
        is_known = await store.limits.get(keys.known, now()) is not None
        counted = await _count(store, keys, rules, is_known=is_known)
        attempt = LoginAttempt(is_known)
        try:
            yield attempt
        except Busy:
            await store.limits.decrement(counted)
            raise
        if attempt.is_right:
            await store.limits.decrement(counted)
            await store.limits.start_window(keys.known, now() + KNOWN_FOR)


class _Keys:
    """The keys of the counters."""

    def __init__(self, key: bytes, account: str, address: str) -> None:
        self.network = address_key(key, "login", address)
        of_site = site_of(address)
        self.site = None if of_site is None else address_key(key, "login of a site", of_site)
        self.account = address_key(key, "login to an account", account)
        self.known = address_key(key, f"known network of {account}", address)
        self.both = address_key(key, f"login to {account}", address)
        self.pause = address_key(key, f"pause before {account}", address)


async def _count(store: Store, keys: _Keys, rules: ThrottleRules, *, is_known: bool) -> Sequence[str]:
    """Count the attempt and return the keys of the counters. Raises TooMany, in which case the attempt is not
    counted.
    """
    moment = now()
    limits = _limits(keys, rules, is_known=is_known)
    counters = await store.limits.hit(limits, moment)
    counted = [limit.key for limit in limits[: len(counters)]]
    try:
        require_within([Allowance(limit, _MESSAGE) for limit in limits], counters, moment)
        if not is_known:
            excess = counters[-1].count - rules.failures_per_account
            await _pause(store, keys.pause, pause_after(excess), moment)
    except TooMany:
        await store.limits.decrement(counted)
        raise
    return counted


def _limits(keys: _Keys, rules: ThrottleRules, *, is_known: bool) -> Sequence[Limit]:
    if is_known:
        return [Limit(keys.both, rules.failures_per_hour)]
    limits = [Limit(keys.network, rules.failures_per_hour)]
    if keys.site is not None:
        limits.append(Limit(keys.site, rules.failures_per_hour * _SITES))
    return [*limits, Limit(keys.account)]


def pause_after(excess: int) -> int:
    """The seconds that a network waits before an attempt, by the number of attempts above the allowance."""
    if excess <= 0:
        return 0
    steps = (excess - 1) // _GUESSES_A_STEP
    return LONGEST_PAUSE if steps >= LONGEST_PAUSE.bit_length() else min(LONGEST_PAUSE, 2**steps)


async def _pause(store: Store, key: str, seconds: int, moment: datetime) -> None:
    """Allow one attempt after each pause of a network. Raises TooMany until the pause is over."""
    if seconds == 0:
        return
    asked = await store.limits.get(key, moment)
    if asked is None:
        await store.limits.start_window(key, moment + WINDOW)
        raise TooMany(_MESSAGE, retry_after=seconds)
    over = asked.until - WINDOW + timedelta(seconds=seconds)
    if moment < over:
        raise TooMany(_MESSAGE, retry_after=seconds_to(over, moment))
    await store.limits.start_window(key, moment)
