"""Passwords are not revealed to servers that merely ask for them."""

import asyncio
import ssl

import pytest
import trustme

from everpost.errors import Unreachable
from everpost.stores import open_store
from everpost.stores.sql.engine.servers.mysql_login import connect
from everpost.stores.sql.engine.servers.tls import Tls
from tests.stores.sql.engine.false_servers import FalseMysql, FalsePostgresql, listening

PASSWORD = "s3cret"
TIMEOUT = 5.0
SHORT = 0.2


@pytest.fixture(scope="module")
def offered() -> ssl.SSLContext:
    """TLS with a certificate of an authority that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


async def refusal(url: str, *, timeout: float = TIMEOUT) -> str:
    with pytest.raises(Unreachable) as refused:
        await open_store(url, timeout=timeout, pool_size=1)
    assert PASSWORD not in refused.value.message
    return refused.value.message


@pytest.mark.parametrize("options", ["", "?ssl-mode=PREFERRED", "?ssl-mode=DISABLED"])
@pytest.mark.parametrize("plugin", [b"mysql_clear_password", b"dialog", b"mysql_old_password"])
async def test_mysql_does_not_get_the_password_without_tls(plugin: bytes, options: str) -> None:
    server = FalseMysql(plugin)
    async with listening(server) as port:
        reason = await refusal(f"mysql://blog:{PASSWORD}@127.0.0.1:{port}/blog{options}")
    assert "over TLS only" in reason or "insecure" in reason
    assert PASSWORD.encode() not in server.received.text


@pytest.mark.parametrize("plugin", [b"caching_sha2_password", b"sha256_password"])
async def test_a_remote_mysql_does_not_get_the_password_encrypted_with_its_own_key(plugin: bytes) -> None:
    server = FalseMysql(plugin)
    async with listening(server) as port:
        with pytest.raises(Exception, match="an RSA key"):
            await connect(
                tls=Tls(None),
                is_local=False,
                connect_timeout=TIMEOUT,
                host="127.0.0.1",
                port=port,
                user="blog",
                password=PASSWORD,
            )
    assert server.received.passwords == []


async def test_mysql_on_this_machine_may_send_its_key() -> None:
    server = FalseMysql(b"caching_sha2_password")
    async with listening(server) as port:
        await refusal(f"mysql://blog:{PASSWORD}@127.0.0.1:{port}/blog")
    assert server.received.passwords == [PASSWORD.encode() + b"\0"]


async def test_preferred_tls_is_used_if_mysql_offers_it(
    offered: ssl.SSLContext,
) -> None:
    server = FalseMysql(b"mysql_native_password", offered)
    async with listening(server) as port:
        await refusal(f"mysql://blog:{PASSWORD}@127.0.0.1:{port}/blog?ssl-mode=PREFERRED", timeout=SHORT)
    assert server.received.used_tls


async def test_preferred_tls_is_not_used_if_mysql_does_not_offer_it() -> None:
    server = FalseMysql(b"mysql_native_password")
    async with listening(server) as port:
        await refusal(f"mysql://blog:{PASSWORD}@127.0.0.1:{port}/blog?ssl-mode=PREFERRED")
    assert not server.received.used_tls
    assert b"blog" in server.received.text


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"N" + (13).to_bytes(4) + b"SNOTICE\0\0",
        b"R" + (8).to_bytes(4) + (0).to_bytes(4),  # after it has reported success
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 1_000])
@pytest.mark.parametrize("options", ["", "?sslmode=prefer", "?sslmode=allow", "?sslmode=disable"])
async def test_postgresql_does_not_get_the_password_without_tls(
    options: str, piece: int, before: bytes
) -> None:
    server = FalsePostgresql(before, piece)
    async with listening(server) as port:
        reason = await refusal(f"postgresql://blog:{PASSWORD}@127.0.0.1:{port}/blog{options}")
    assert (
        "allow" in options or "over TLS only" in reason
    )  # with allow, TLS is tried next, and refused as well
    assert PASSWORD.encode() not in server.received.text


async def test_a_login_that_stalls_ends_with_the_timeout() -> None:
    async def stall(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        writer.write(b"R\xff\xff\xff\xff")
        await reader.read()

    async with listening(stall) as port:
        await refusal(f"postgresql://blog:{PASSWORD}@127.0.0.1:{port}/blog?sslmode=disable", timeout=SHORT)
