"""Private MariaDB servers, of this machine."""

import os
from pathlib import Path

from tests.servers.private import PrivateServer, find_program, run_once, runs

# A fault test kills the server, not the machine: a commit that was handed to the operating system survives.
FAST = ("--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M")


def _find_installer() -> Path | None:
    return find_program("mariadb-install-db")


def _find_server() -> Path | None:
    server = find_program("mariadbd")
    return server if server is not None and runs(server, "--version") else None


class MysqlServer(PrivateServer):
    """MariaDB over TCP, `root` without a password. Everything that Everpost needs it has to ask for:
    the character set, among others, is latin1 by default.
    """

    ready_line = "ready for connections"
    restart_signal = "SIGTERM"
    last_signal = "SIGKILL"

    @classmethod
    def missing(cls) -> str | None:
        if _find_server() is None or _find_installer() is None:
            return "no MariaDB here (Debian: apt-get install --no-install-recommends mariadb-server)"
        return None

    def url(self, database: str = "") -> str:
        return f"mysql://root@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        run_once(
            [
                *(str(_find_installer()), "--no-defaults", "--auth-root-authentication-method=normal"),
                *(f"--datadir={self.folder / 'data'}", "--skip-test-db", *self._as_root(), *FAST),
            ],
            self,
        )

    def command(self) -> list[str]:
        return [
            *(str(_find_server()), "--no-defaults", f"--datadir={self.folder / 'data'}", *self._as_root()),
            *(f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve"),
            *(() if self.durable else FAST),
            # A server that starts removes what others like it keep in a folder for temporary files.
            f"--tmpdir={self.folder}",
            # Relative to the data folder: a socket's whole path may have about 100 characters only.
            *("--socket=socket", "--pid-file=pid"),
        ]

    @staticmethod
    def _as_root() -> tuple[str, ...]:
        return ("--user=root",) if os.geteuid() == 0 else ()
