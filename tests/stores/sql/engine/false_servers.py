"""Impostor servers that ask for a password: they record what clients send, and serve nothing."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SALT = b"12345678", b"123456789012"
_CLIENT_SSL = 0x800
_KEY = rsa.generate_private_key(65537, 2048)


@dataclass
class Received:
    """The data that an impostor received."""

    text: bytes = b""
    used_tls: bool = False
    passwords: list[bytes] = field(default_factory=list)
    """The passwords it could decrypt."""


@dataclass
class FalseMysql:
    """Asks for the password with `plugin`; `tls` is the context it offers."""

    plugin: bytes
    tls: ssl.SSLContext | None = None
    received: Received = field(default_factory=Received)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flags = 0xFFFFFFFF & ~(0 if self.tls else _CLIENT_SSL)
        greeting = b"\x0a8.0.30\0" + struct.pack("<I", 1) + SALT[0] + b"\0"
        greeting += struct.pack("<HBHHB", flags & 0xFFFF, 45, 2, flags >> 16, 21) + bytes(10)
        writer.write(_packet(0, greeting + SALT[1] + b"\0mysql_native_password\0"))
        number, hello = await self._read(reader)
        if struct.unpack_from("<I", hello)[0] & _CLIENT_SSL:
            self.received.used_tls = True
            if self.tls is None:
                return
            await writer.start_tls(self.tls)
            number, _ = await self._read(reader)
        start = SALT[0] + SALT[1] + b"\0" if b"sha" in self.plugin else b""
        writer.write(_packet(number + 1, b"\xfe" + self.plugin + b"\0" + start))
        number, answer = await self._read(reader)
        if self.plugin == b"mysql_native_password":
            writer.write(_packet(number + 1, b"\xff" + (1045).to_bytes(2, "little") + b"#28000No"))
            await writer.drain()
            await reader.read()
        if self.plugin == b"caching_sha2_password":
            writer.write(_packet(number + 1, b"\x01\x04"))
            number, answer = await self._read(reader)
        if answer in {b"\x02", b"\x01"}:
            writer.write(_packet(number + 1, b"\x01" + _public_key()))
            _, answer = await self._read(reader)
            plain = _KEY.decrypt(answer, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
            salt = SALT[0] + SALT[1]
            self.received.passwords.append(bytes(each ^ salt[at % 20] for at, each in enumerate(plain)))

    async def _read(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = await reader.readexactly(4)
        body = await reader.readexactly(int.from_bytes(head[:3], "little"))
        self.received.text += body
        return head[3], body


@dataclass
class FalsePostgresql:
    """Asks for the cleartext password, in chunks of `piece` bytes, after the bytes of `before`."""

    before: bytes = b""
    piece: int = 1_000
    received: Received = field(default_factory=Received)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start = await reader.read(1_000)
        if start[4:8] == struct.pack("!I", 80877103):  # SSLRequest
            writer.write(b"N")
            start = await reader.read(1_000)
        self.received.text += start
        request = self.before + b"R" + struct.pack("!II", 8, 3)
        for place in range(0, len(request), self.piece):
            writer.write(request[place : place + self.piece])
            await writer.drain()
            await asyncio.sleep(0)
        self.received.text += await reader.read(1_000)


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """Serve on a loopback port; yield its number."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _packet(number: int, body: bytes) -> bytes:
    return len(body).to_bytes(3, "little") + bytes([number]) + body


def _public_key() -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return _KEY.public_key().public_bytes(serialization.Encoding.PEM, form)
