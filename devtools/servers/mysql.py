"""Private servers of MariaDB or MySQL, of this machine."""

import os
from functools import cache
from pathlib import Path

from devtools.servers.private import PrivateServer, find_program, run_once, version_of

PROGRAM = "EVERPOST_TEST_MYSQL_PROGRAM"
"""Names the `mariadbd` or `mysqld` to run where it is not to be the first that is found, MariaDB's."""

# A fault test kills the server, not the machine: a commit that was handed to the operating system survives.
# What is `loose` only one of the two knows.
FAST = (
    *("--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M"),
    *("--loose-innodb-log-file-size=32M", "--loose-innodb-redo-log-capacity=64M"),
    *("--skip-log-bin", "--performance-schema=OFF"),
)


@cache
def find_server() -> Path | None:
    """The program that runs; None where there is none."""
    named = os.environ.get(PROGRAM)
    found = [Path(named)] if named else [find_program("mariadbd"), find_program("mysqld")]
    return next((server for server in found if server is not None and version_of(server)), None)


@cache
def is_mariadb(server: Path) -> bool:
    """Whether a program is MariaDB's, and not MySQL's."""
    return "MariaDB" in version_of(server)


def _find_installer(server: Path) -> Path | None:
    return find_program("mariadb-install-db", server.parent, _base(server) / "bin")


def _base(server: Path) -> Path:
    """Where a program looks for what belongs to it: not where it was built to be, but where it is."""
    return server.resolve().parent.parent


class MysqlServer(PrivateServer):
    """MariaDB or MySQL over TCP, `root` without a password. Everything that Everpost needs it has to ask
    for: MariaDB's character set, among others, is latin1 by default.
    """

    ready_line = "ready for connections"
    restart_signal = "SIGTERM"
    last_signal = "SIGKILL"

    @classmethod
    def missing(cls) -> str | None:
        server = find_server()
        if server is not None and (not is_mariadb(server) or _find_installer(server)):
            return None
        if named := os.environ.get(PROGRAM):
            return f"{named}, which {PROGRAM} names, does not run"
        return "no MariaDB or MySQL here (Debian: apt-get install --no-install-recommends mariadb-server)"

    def url(self, database: str = "") -> str:
        return f"mysql://root@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        server = self._server()
        if is_mariadb(server):
            installer = [str(_find_installer(server)), "--no-defaults", "--skip-test-db"]
            making = [*installer, "--auth-root-authentication-method=normal"]
        else:
            account = self.folder / "account.sql"
            account.write_text("RENAME USER root@localhost TO root@127.0.0.1;\n")
            making = [str(server), "--no-defaults", "--initialize-insecure", f"--init-file={account}"]
        run_once([*making, *self._place(), *FAST], self)

    def command(self) -> list[str]:
        return [
            *(str(self._server()), "--no-defaults", *self._place(), "--loose-mysqlx=OFF"),
            *(f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve"),
            *(() if self.durable else FAST),
            # A server that starts removes what others like it keep in a folder for temporary files.
            f"--tmpdir={self.folder}",
            # Relative to the data folder: a socket's whole path may have about 100 characters only.
            *("--socket=socket", "--pid-file=pid"),
        ]

    def _place(self) -> list[str]:
        return [
            *(f"--basedir={_base(self._server())}", f"--datadir={self.folder / 'data'}"),
            # Packages name a folder for LOAD DATA that is there only where they set up a server themselves.
            f"--secure-file-priv={self.folder}",
            *(["--user=root"] if os.geteuid() == 0 and self.user is None else []),
        ]

    @staticmethod
    def _server() -> Path:
        server = find_server()
        assert server is not None
        return server
