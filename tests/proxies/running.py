"""The proxies of docs/proxies, each as an ordinary process on a free port. Its configuration is that file,
with other ports, paths and timeouts.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme
from devtools.servers.private import free_port

EXAMPLES = Path(__file__).parents[2] / "docs" / "proxies"
HOST = "blog.example"
SHORT = "1s"
"""Instead of the 10 seconds that a client has to send its headers, or more of its body."""
PATIENCE = 60.0

_NGINX = """
{user} daemon off; pid {folder}/pid; error_log stderr; worker_processes 1; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/everpost.conf;
}}
"""


@dataclass(frozen=True)
class Site:
    """The port and certificate of a proxy."""

    port: int
    backend: int
    folder: Path
    authority: trustme.CA

    def certify(self) -> tuple[Path, Path]:
        """The files of a certificate and its key."""
        certificate, key = self.folder / "certificate.pem", self.folder / "key.pem"
        issued = self.authority.issue_cert(HOST)
        issued.cert_chain_pems[0].write_to_path(certificate)
        issued.private_key_pem.write_to_path(key)
        return certificate, key


def _nginx(site: Site) -> list[str]:
    certificate, key = site.certify()
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{site.port} ssl",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "/etc/ssl/blog.example/fullchain.pem": str(certificate),
        "/etc/ssl/blog.example/key.pem": str(key),
        "127.0.0.1:8000": f"127.0.0.1:{site.backend}",
        "client_header_timeout 10s": f"client_header_timeout {SHORT}",
        "client_body_timeout 10s": f"client_body_timeout {SHORT}",
    }
    _write(site.folder / "everpost.conf", EXAMPLES / "nginx.conf", changes)
    main = site.folder / "nginx.conf"
    user = "user root;" if os.getuid() == 0 else ""  # or its worker could not write to the folder
    main.write_text(_NGINX.format(folder=site.folder, user=user))
    return [PROGRAMS["nginx"] or "", "-p", str(site.folder), "-e", "stderr", "-c", str(main)]


def _caddy(site: Site) -> list[str]:
    certificate, key = site.certify()
    changes = {
        "{\n\tservers": "{\n\tadmin off\n\tauto_https off\n\tservers",
        f"{HOST} {{": f"https://{HOST}:{site.port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}",
        "127.0.0.1:8000": f"127.0.0.1:{site.backend}",
        "read_header 10s": f"read_header {SHORT}",
        "read_body 10s": f"read_body {SHORT}",
    }
    _write(site.folder / "Caddyfile", EXAMPLES / "Caddyfile", changes)
    return [PROGRAMS["caddy"] or "", "run", "--config", str(site.folder / "Caddyfile")]


def _write(target: Path, example: Path, changes: Mapping[str, str]) -> None:
    text = example.read_text()
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    target.write_text(text)


def _found(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")


PROGRAMS: Mapping[str, str | None] = {name: _found(name) for name in ("nginx", "caddy")}
COMMANDS: Mapping[str, Callable[[Site], list[str]]] = {"nginx": _nginx, "caddy": _caddy}


@contextlib.contextmanager
def running(name: str, backend: int, folder: Path, authority: trustme.CA) -> Iterator[int]:
    """Runs this proxy in front of a port, and yields its own port."""
    site = Site(free_port(), backend, folder, authority)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            COMMANDS[name](site), stdout=log, stderr=subprocess.STDOUT, env=os.environ | home
        )
        try:
            _wait_for(site.port, process, folder / "log")
            yield site.port
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
