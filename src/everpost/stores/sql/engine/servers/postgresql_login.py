"""Logs in to PostgreSQL without revealing the password to an impostor, and makes commits durable.

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

_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('local', 'off')"
)
"""A commit waits for the disk and for a synchronous standby, if there is one, whatever the defaults of the
database and the role, or the URL. This is not a startup parameter, because connection poolers refuse those.
"""
_HEADER = struct.Struct("!cI")
"""The type of a message, and the length of the rest including the length field."""
_AUTHENTICATION, _READY = b"R", b"Z"
_CLEAR_PASSWORD = 3
_REFUSAL = (
    "the server wants the password in clear text, which Everpost sends over TLS only:"
    " use sslmode=verify-full, or let the server ask for scram-sha-256"
)


async def connect(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - asyncpg's own
    """Open a connection of asyncpg whose commits are durable."""
    connection = await asyncpg.connect(*arguments, **options)
    try:
        await connection.execute(_DURABLE, timeout=options.get("timeout"))
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
