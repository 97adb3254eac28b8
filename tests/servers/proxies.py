"""The proxies of docs/proxies/, in front of an Everpost of a test: the very files, at other places."""

import os
import re
import subprocess
import time
from abc import abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from ssl import SSLContext, create_default_context
from types import TracebackType
from typing import ClassVar, Self

import httpx
import trustme

from tests.servers.private import START_TIMEOUT, find_program, free_port

EXAMPLES = Path(__file__).parents[2] / "docs" / "proxies"
NAME = "localhost"
PATIENCE_WITH_BODIES = "1s"
"""How long the proxy of a test waits for a body that stalls; the examples wait longer."""


class Proxy:
    """A proxy with a certificate for `NAME`, between `with` and its end."""

    program: ClassVar[str]
    example: ClassVar[str]

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.plain_port = free_port(), free_port()
        self._folder = folder
        authority = trustme.CA()
        certificate = authority.issue_cert(NAME)
        self.chain, self.key = folder / "chain.pem", folder / "key.pem"
        self.chain.write_bytes(b"".join(each.bytes() for each in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(self.key)
        self.trust: SSLContext = create_default_context(cadata=authority.cert_pem.bytes().decode())
        self._log = (folder / "proxy.log").open("w+")
        config = (EXAMPLES / self.example).read_text()
        for pattern, value in {"127.0.0.1:8000": f"127.0.0.1:{port}", **self.places()}.items():
            config, found = re.subn(pattern, value, config, flags=re.MULTILINE)
            assert found, f"{self.example} has no {pattern}"
        self._process = subprocess.Popen(
            self.command(config),
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        )

    @classmethod
    def find(cls) -> Path | None:
        """The program, where this machine has it."""
        return find_program(cls.program, "/usr/sbin")

    @abstractmethod
    def places(self) -> Mapping[str, str]:
        """What stands in the example, as patterns, and what a test has instead."""

    @abstractmethod
    def command(self, config: str) -> list[str]:
        """What runs the proxy in the foreground."""

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        """A client at this address of the loopback network."""
        transport = httpx.HTTPTransport(verify=self.trust, local_address=address)
        return httpx.Client(
            base_url=f"https://{NAME}:{self.port}", transport=transport, timeout=START_TIMEOUT
        )

    def __enter__(self) -> Self:
        try:
            self._wait()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._end()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        with self.client() as client:
            while True:
                with suppress(httpx.TransportError):
                    client.get("/health/live")
                    return
                log = Path(self._log.name).read_text()
                assert self._process.poll() is None, log
                assert time.monotonic() < deadline, log
                time.sleep(0.02)

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(START_TIMEOUT)
        self._log.close()


class Nginx(Proxy):
    """nginx, as an ordinary process."""

    program = "nginx"
    example = "nginx.conf"

    def places(self) -> Mapping[str, str]:
        return {
            r"listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            r"listen 443 ": f"listen 127.0.0.1:{self.port} ",
            r"^ *listen \[::\].*\n": "",
            r"blog\.example;": f"{NAME};",
            r"ssl_certificate /.*;": f"ssl_certificate {self.chain};",
            r"ssl_certificate_key /.*;": f"ssl_certificate_key {self.key};",
            r"client_body_timeout \w+": f"client_body_timeout {PATIENCE_WITH_BODIES}",
        }

    def command(self, config: str) -> list[str]:
        kept = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{each}_temp_path {self._folder}/{each};\n" for each in kept)
        main = self._folder / "main.conf"
        main.write_text(
            ("user root;\n" if os.getuid() == 0 else "")
            + f"daemon off;\nmaster_process off;\npid {self._folder}/nginx.pid;\nerror_log stderr warn;\n"
            + f"events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{places}\n{config}\n}}\n"
        )
        return [str(self.find()), "-p", str(self._folder), "-c", str(main)]


class Caddy(Proxy):
    """Caddy, with a certificate of the test's instead of one that it would get."""

    program = "caddy"
    example = "Caddyfile"

    def places(self) -> Mapping[str, str]:
        here = "admin off\n\tskip_install_trust"
        ports = f"http_port {self.plain_port}\n\thttps_port {self.port}\n\tdefault_bind 127.0.0.1"
        return {
            r"^\{$": f"{{\n\t{here}\n\t{ports}",
            r"^blog\.example \{": f"{NAME} {{\n\ttls {self.chain} {self.key}",
            r"read_body \w+": f"read_body {PATIENCE_WITH_BODIES}",
        }

    def command(self, config: str) -> list[str]:
        file = self._folder / "Caddyfile"
        file.write_text(config)
        return [str(self.find()), "run", "--config", str(file), "--adapter", "caddyfile"]
