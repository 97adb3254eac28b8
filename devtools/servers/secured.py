"""Servers that require TLS and a password."""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from pymongo import MongoClient

from devtools.servers.mongodb import UninitiatedMongodbServer
from devtools.servers.mysql import MysqlServer
from devtools.servers.postgresql import INSTALL, PostgresqlServer, programs_of_the_machine
from devtools.servers.private import PrivateServer
from everpost.stores import initiate_replica_set

ADDRESS = "127.0.0.1"
PASSWORD = "5ecret"


class Certified(PrivateServer):
    """A server whose certificate names only its address, and is signed by an authority of its own."""

    authority: Path
    """The certificate of the authority."""
    certificate: Path
    """The certificate of the server with its key."""

    def certify(self) -> None:
        """Write the certificates into the folder, readable for the user who runs the server."""
        authority = trustme.CA()
        self.authority = self.folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        self.certificate = self.folder / "server.pem"
        self.certificate.touch(mode=0o600)
        authority.issue_cert(ADDRESS).private_key_and_cert_chain_pem.write_to_path(self.certificate)
        if self.user is not None:
            os.chown(self.certificate, self.user, self.group or -1)


class SecuredPostgresql(PostgresqlServer, Certified):
    """PostgreSQL with the user `everpost`, who has a password."""

    @classmethod
    def missing(cls) -> str | None:
        if cls.find_binaries() is None:
            return f"the wheel's knows none, and no `postgres` of this machine runs {INSTALL}"
        return None

    @classmethod
    def find_binaries(cls) -> Path | None:
        return programs_of_the_machine()

    def prepare(self) -> None:
        super().prepare()
        self.certify()
        access = self.folder / "data" / "pg_hba.conf"
        access.write_text("hostssl all all all scram-sha-256\n")

    def authentication(self) -> list[str]:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        return ["--auth=scram-sha-256", f"--pwfile={password}"]

    def command(self) -> list[str]:
        settings = ("ssl=on", f"ssl_cert_file={self.certificate}", f"ssl_key_file={self.certificate}")
        return [*super().command(), *(option for setting in settings for option in ("-c", setting))]


class SecuredMysql(MysqlServer, Certified):
    """Asks `root` for a password."""

    def prepare(self) -> None:
        super().prepare()
        self.certify()

    def command(self) -> list[str]:
        start = self.folder / "start.sql"
        start.write_text(
            f"ALTER USER root@{ADDRESS} IDENTIFIED BY '{PASSWORD}';\nCREATE DATABASE IF NOT EXISTS blog;\n"
        )
        return [
            *(*super().command(), f"--init-file={start}", "--require-secure-transport=ON"),
            *(f"--ssl-cert={self.certificate}", f"--ssl-key={self.certificate}"),
        ]


class SecuredMongodb(UninitiatedMongodbServer, Certified):
    """Asks `root` for a password."""

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__(durable=durable, authenticates=True)

    def prepare(self) -> None:
        super().prepare()
        self.certify()

    def command(self) -> list[str]:
        return [
            *(
                *super().command(),
                "--tlsMode",
                "requireTLS",
                "--tlsCertificateKeyFile",
                str(self.certificate),
            ),
            *("--tlsCAFile", str(self.authority), "--tlsAllowConnectionsWithoutCertificates"),
        ]

    def wait_until_ready(self) -> None:
        """Create `root`: as long as there are no users, a local client may do so."""
        asyncio.run(initiate_replica_set(f"{self.url()}?tls=true&tlsCAFile={self.authority}", timeout=10))
        client: MongoClient[dict[str, Any]]
        with MongoClient(self.url(), tls=True, tlsCAFile=str(self.authority)) as client:
            client.admin.command("createUser", "root", pwd=PASSWORD, roles=["root"])


@dataclass(frozen=True)
class Access:
    """The parts of URLs for a secured server."""

    server: type[Certified]
    start: str
    """The part of the URL before the password."""
    database: str
    verified: str
    """The option for TLS with verification of the server, by a client that trusts `{authority}`."""
    unverified: str
    """The option for TLS without verification."""
    plain: str
    """The option for connections without TLS."""
    preferred: tuple[str, ...] = ()
    """The option for opportunistic TLS."""


ACCESSES: Mapping[str, Access] = {
    "postgresql": Access(
        SecuredPostgresql,
        start="postgresql://everpost",
        database="postgres",
        verified="sslmode=verify-full&sslrootcert={authority}",
        unverified="sslmode=require",
        plain="sslmode=disable",
        preferred=("sslmode=prefer",),
    ),
    "mysql": Access(
        SecuredMysql,
        start="mysql://root",
        database="blog",
        verified="ssl-mode=VERIFY_IDENTITY&ssl-ca={authority}",
        unverified="ssl-mode=REQUIRED",
        plain="ssl-mode=DISABLED",
        preferred=("ssl-mode=PREFERRED",),
    ),
    "mongodb": Access(
        SecuredMongodb,
        start="mongodb://root",
        database="blog",
        verified="authSource=admin&tls=true&tlsCAFile={authority}",
        unverified="authSource=admin&tls=true&tlsAllowInvalidCertificates=true",
        plain="authSource=admin",
    ),
}
