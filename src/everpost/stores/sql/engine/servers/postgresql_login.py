"""Logs in to PostgreSQL without revealing the password to an impostor, and sets up the session.

asyncpg sends the cleartext password to any server that asks for it, with TLS or without, and has no
equivalent of libpq's `require_auth`:
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-REQUIRE-AUTH
"""

import asyncio
import struct
from typing import Any

import asyncpg
import asyncpg.protocol

from everpost.stores.sql.engine.servers.sockets import keep_alive

_SETTINGS = {
    # A commit waits for the disk and for a synchronous standby, if there is one. Other values do, too.
    "synchronous_commit": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    # Everpost has time limits of its own, and a long export has none.
    **dict.fromkeys(("statement_timeout", "transaction_timeout", "lock_timeout"), "0"),
    **dict.fromkeys(("idle_in_transaction_session_timeout", "idle_session_timeout"), "0"),
}
"""The settings that Everpost relies on, whatever the server, the database, the role or the URL says. These
are not startup parameters, because connection poolers refuse those.
"""
_SET_UP = (
    "SELECT set_config(name, value, false)"  # noqa: S608 - constants
    f" FROM (VALUES {', '.join(map(str, _SETTINGS.items()))}) AS settings (name, value)"
    " WHERE CASE name WHEN 'synchronous_commit' THEN current_setting(name) IN ('local', 'off')"
    " ELSE current_setting(name, true) <> value END"  # null if this version does not have the setting
)
_HEADER = struct.Struct("!cI")
"""The type of a message, and the length of the rest including the length field."""
_AUTHENTICATION, _READY = b"R", b"Z"
_CLEAR_PASSWORD = 3
_REFUSAL = (
    "the server wants the password in clear text, which Everpost sends over TLS only:"
    " use sslmode=verify-full, or let the server ask for scram-sha-256"
)


async def connect(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - asyncpg's own
    """Open a connection of asyncpg with the settings that Everpost relies on."""
    connection = await asyncpg.connect(*arguments, **options)
    try:
        await connection.execute(_SET_UP, timeout=options.get("timeout"))
    except BaseException:
        connection.terminate()
        raise
    return connection


class GuardedProtocol(asyncpg.protocol.Protocol):  # type: ignore[misc]  # asyncpg has no types
    """Inspects the server's messages until the login is complete. Without TLS, a request for the cleartext
    password is replaced with an ErrorResponse, which makes asyncpg close the connection.

    Message formats: https://www.postgresql.org/docs/current/protocol-message-formats.html
    """

    def __init__(self, address: object, *others: Any) -> None:  # noqa: ANN401 - asyncpg's own
        super().__init__(address, *others)
        self._is_login_complete = isinstance(address, str)  # a Unix socket
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        keep_alive(transport.get_extra_info("socket"))
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        if not self._is_login_complete and not self.is_ssl:
            data = self._checked(data)
        if data:
            super().data_received(data)

    def _checked(self, data: bytes) -> bytes:
        """Return the complete messages received so far; buffer the rest."""
        data = self._unread + data
        place = 0
        while len(data) >= place + _HEADER.size:
            letter, length = _HEADER.unpack_from(data, place)
            end = place + 1 + max(length, 4)
            if len(data) < end:
                break
            body = data[place + _HEADER.size : end]
            if letter == _AUTHENTICATION and body[:4] == _CLEAR_PASSWORD.to_bytes(4):
                self._unread = b""
                return data[:place] + _refusal()
            if letter == _READY:
                self._is_login_complete = True
                self._unread = b""
                return data
            place = end
        self._unread = data[place:]
        return data[:place]


def _refusal() -> bytes:
    """An ErrorResponse with the code of a refused login."""
    fields = {"S": "FATAL", "V": "FATAL", "C": "28000", "M": _REFUSAL}
    body = b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0"
    return _HEADER.pack(b"E", len(body) + 4) + body


def guard_logins() -> None:
    """Install the guard for all asyncpg connections of this process, because asyncpg accepts no custom
    protocol.
    """
    asyncpg.protocol.Protocol = GuardedProtocol
