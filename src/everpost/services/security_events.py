"""Security events: one log line each, without secrets. docs/security-events.md lists them.

Events that anyone can cause are logged once a minute for each address, user or token, and at most a hundred
times a minute; the others are only counted, so that nobody can fill the disk. Counts are per process.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from everpost.errors import EverpostError
from everpost.services.rate_limits import address_key
from everpost.stores.port import Store

WINDOW = 60.0
"""Seconds."""
MOST_IN_WINDOW = 100
"""Lines per event."""
_HASH = 16
"""Length of the keyed hash of an address, in hexadecimal digits."""

_is_quiet: ContextVar[bool] = ContextVar("is_quiet", default=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event, with the fields of its log lines."""

    name: str
    level: Literal["info", "warning"]
    fields: tuple[str, ...]


LOGIN_SUCCEEDED = Event("login.succeeded", "info", ("user", "token", "address"))
LOGIN_FAILED = Event("login.failed", "warning", ("user", "address"))
PASSWORD_FAILED = Event("password.failed", "warning", ("user",))
PASSKEY_ADDED = Event("passkey.added", "info", ("passkey", "user"))
PASSKEY_REMOVED = Event("passkey.removed", "info", ("passkey", "user"))
TOKEN_CREATED = Event("token.created", "info", ("token", "user", "scopes", "expires_at"))
RESET_LINK_CREATED = Event("reset_link.created", "info", ("user", "token", "by"))
TOKEN_REVOKED = Event("token.revoked", "info", ("token", "by"))
TOKEN_REFUSED = Event("token.refused", "warning", ("token", "user"))
USER_CREATED = Event("user.created", "info", ("user", "role", "by"))
USER_CHANGED = Event("user.changed", "info", ("user", "changed", "by"))
USER_REMOVED = Event("user.removed", "info", ("user", "heir", "by"))
SETTINGS_CHANGED = Event("settings.changed", "info", ("changed", "by"))
BLOG_EXPORTED = Event("blog.exported", "info", ("by",))
COMMENT_DECIDED = Event("comment.decided", "info", ("comment", "status", "by"))
COMMENT_EDITED = Event("comment.edited", "info", ("comment", "by"))
COMMENT_REMOVED = Event("comment.removed", "info", ("comment", "by"))
COMMENT_RESTORED = Event("comment.restored", "info", ("comment", "by"))
FIRST_ADMIN_CREATED = Event("admin.created", "warning", ("user",))
ADMIN_TOKEN_CHANGED = Event("admin.token_changed", "warning", ("user", "token"))
REQUEST_UNAUTHENTICATED = Event("request.unauthenticated", "warning", ("route", "address"))
REQUEST_FORBIDDEN = Event("request.forbidden", "warning", ("route", "user", "address"))
REQUEST_LIMITED = Event("request.limited", "warning", ("route", "address"))
EVENTS_OMITTED = Event("events.omitted", "warning", ("omitted", "count"))

EVENTS = tuple(each for each in globals().values() if isinstance(each, Event))


class Throttle:
    """Passes one event of each kind and key per window, and counts the suppressed ones."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends = 0.0
        self._passed: set[tuple[str, str]] = set()
        self._omitted: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def passes(self, event: Event, key: str) -> bool:
        """Whether to log this event."""
        if self._clock() >= self._ends:
            self._begin()
        of_event = sum(name == event.name for name, _ in self._passed)
        if (event.name, key) in self._passed or of_event >= MOST_IN_WINDOW:
            self._omit(event)
            return False
        self._passed.add((event.name, key))
        return True

    def flush(self) -> None:
        """Log how many events were omitted since the last flush."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        omitted, self._omitted = self._omitted, {}
        for name, count in omitted.items():
            record(EVENTS_OMITTED, omitted=name, count=count)

    def _begin(self) -> None:
        self.flush()
        self._passed.clear()
        self._ends = self._clock() + WINDOW

    def _omit(self, event: Event) -> None:
        self._omitted[event.name] = self._omitted.get(event.name, 0) + 1
        if self._timer is None:
            with suppress(RuntimeError):  # there is no event loop
                remaining = max(0.0, self._ends - self._clock())
                self._timer = asyncio.get_running_loop().call_later(remaining, self.flush)


_throttle = Throttle()


def flush() -> None:
    """Log how many events were omitted. Call this before the process ends."""
    _throttle.flush()


def keep_quiet() -> None:
    """Log nothing in this context, because commands print what they did."""
    _is_quiet.set(True)


def record(event: Event, **fields: object) -> None:
    """Log an event that only people with a token can cause."""
    if _is_quiet.get():
        return
    import structlog  # lazily, because most commands log nothing

    if fields.keys() != set(event.fields):
        raise AssertionError(event.name)
    getattr(structlog.get_logger("everpost"), event.level)(event.name, **fields)


def record_bounded(event: Event, key: str, **fields: object) -> None:
    """Log an event that anyone can cause as often as they like."""
    if not _is_quiet.get() and _throttle.passes(event, key):
        record(event, **fields)


async def record_from(store: Store | None, address: str, event: Event, **fields: object) -> None:
    """Log an event that anyone can cause, with the keyed hash of the client's address."""
    key = f"{address} {fields.get('user')}"
    if not _is_quiet.get() and _throttle.passes(event, key):
        record(event, **fields, address=await address_hash(store, address))


async def address_hash(store: Store | None, address: str) -> str | None:
    """The keyed hash that stands for an address in the log, always the same for one address. None if the
    address or the key is unknown.
    """
    if store is not None and address:
        with suppress(EverpostError):
            return address_key((await store.blog.get()).address_key, "log", address)[:_HASH]
    return None
