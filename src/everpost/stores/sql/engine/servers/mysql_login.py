"""Logs in to MySQL and MariaDB without revealing the password to an impostor.

asyncmy logs in with whichever plugin the server names, even one that reveals the password:
`mysql_clear_password` and `dialog` send it unencrypted; `caching_sha2_password` and `sha256_password`,
without TLS, encrypt it with a key that the server has just sent. MySQL's own clients refuse both by default.
asyncmy also has no mode that uses TLS only if the server offers it.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

from asyncmy.connection import Connection
from asyncmy.constants.CLIENT import FOUND_ROWS, SSL
from asyncmy.errors import MySQLError, OperationalError

from everpost.stores.sql.engine.servers.sockets import keep_alive
from everpost.stores.sql.engine.servers.tls import Tls

_PLUGIN_CANNOT_LOAD = 2059
_PLUGIN_ERROR = 2061
"""Error numbers of MySQL's own clients:
https://dev.mysql.com/doc/mysql-errors/8.4/en/client-error-reference.html
"""


_NO_SUCH_VARIABLE = 1193
_SETTINGS = (
    "SELECT @@hostname;"
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;"
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = {seconds};"
    # A Galera node answers only once it has applied all writes that other nodes acknowledged before.
    # Servers without Galera do not have the variable, so it comes last.
    "SET SESSION wsrep_sync_wait = @@SESSION.wsrep_sync_wait | 1"
)


async def connect(
    *,
    tls: Tls,
    is_local: bool,
    connect_timeout: float,
    **options: Any,  # noqa: ANN401 - asyncmy's own
) -> "GuardedConnection":
    """Open a connection of asyncmy that does not reveal the password. `is_local` says whether the server is
    on this machine. Raises TimeoutError after `connect_timeout` seconds.
    """
    # An UPDATE counts matched rows, as on the other engines, rather than changed ones.
    options |= {"autocommit": True, "client_flag": FOUND_ROWS}
    connection = GuardedConnection(tls=tls, is_local=is_local, **options)
    async with asyncio.timeout(connect_timeout):
        await connection.connect()
        try:
            await connection.set_up(seconds=max(1, int(connect_timeout)))
        except BaseException:
            connection.close()
            raise
    return connection


class GuardedConnection(Connection):
    """Uses TLS as configured, and refuses to reveal the password without it."""

    _secure: bool
    """Whether nobody can eavesdrop: over TLS or a Unix socket."""
    _ssl_context: ssl.SSLContext | None
    _client_flag: int
    _stream_broken: bool
    _transport: asyncio.Transport
    host_name: str
    """The host name that the server reports. It tells servers behind one address apart."""
    server_capabilities: int

    def __init__(self, *, tls: Tls, is_local: bool, **options: Any) -> None:  # noqa: ANN401 - asyncmy's own
        self._may_go_without_tls = tls.is_optional
        self._is_local = is_local
        self._checked_public_key: bytes | None = None
        if tls.context is not None and options.get("unix_socket") is None:
            options["ssl"] = tls.context
        super().__init__(auth_plugin_map=_GUARDS, **options)  # type: ignore[no-untyped-call]

    async def set_up(self, *, seconds: int) -> None:
        """Apply the session's settings in one round trip. `seconds` is the lock timeout."""
        async with self.cursor() as cursor:
            await cursor.execute(_SETTINGS.format(seconds=seconds))
            ((self.host_name,),) = await cursor.fetchall()
            try:
                while await cursor.nextset():
                    pass
            except MySQLError as error:
                if error.args[0] != _NO_SUCH_VARIABLE:
                    raise

    def literal(self, obj: object) -> str:
        """The value in SQL. Bytes are written in hexadecimal: escaping takes a hundred times as long."""
        if isinstance(obj, bytes):
            return f"X'{obj.hex()}'"
        text: str = super().literal(obj)  # type: ignore[no-untyped-call]
        return text

    def _set_keep_alive(self) -> None:
        keep_alive(self._transport.get_extra_info("socket"))

    async def _get_server_information(self) -> None:
        await super()._get_server_information()  # type: ignore[misc]  # missing in asyncmy's stubs
        if self._may_go_without_tls and not self.server_capabilities & SSL:
            self._ssl_context = None
            self._client_flag &= ~SSL

    @property
    def _server_public_key(self) -> bytes | None:
        return self._checked_public_key

    @_server_public_key.setter
    def _server_public_key(self, key: bytes | None) -> None:
        """Refuse a key for encrypting the password that an attacker could have replaced."""
        if key is not None and not self._is_local and not self._secure:
            raise OperationalError(
                _PLUGIN_ERROR,
                "the server wants the password encrypted with an RSA key that it sent without TLS and that"
                " an attacker could have replaced: use ssl-mode=VERIFY_IDENTITY",
            )
        self._checked_public_key = key

    @property
    def is_open(self) -> bool:
        """Whether the connection is open, as far as is known."""
        return not self._stream_broken

    def close(self) -> None:
        """Close the connection at once. asyncmy waits until the server has read all data and ended TLS."""
        transport: asyncio.Transport | None = self._transport
        if transport is not None:
            transport.abort()
        super().close()

    def require_encryption(self) -> None:
        """Raise OperationalError if others could eavesdrop."""
        if not self._secure:
            raise OperationalError(
                _PLUGIN_ERROR,
                "the server wants the password in clear text, which Everpost sends over TLS only:"
                " use ssl-mode=VERIFY_IDENTITY",
            )


def _require_encryption(connection: GuardedConnection) -> None:
    """Require encryption. Returning None lets asyncmy continue as without a plugin."""
    connection.require_encryption()


def _refuse(_connection: GuardedConnection) -> None:
    raise OperationalError(_PLUGIN_CANNOT_LOAD, "the server requires an insecure authentication plugin")


_GUARDS: dict[str, Callable[[GuardedConnection], None]] = {
    "mysql_clear_password": _require_encryption,
    "dialog": _require_encryption,
    "mysql_old_password": _refuse,
}
