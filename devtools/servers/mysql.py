"""Private servers of MariaDB or MySQL, as installed on this machine."""

import os
from functools import cache
from pathlib import Path

from devtools.servers.private import PrivateServer, find_program, run_once, version_of

PROGRAM = "EVERPOST_TEST_MYSQL_PROGRAM"
"""Names the `mariadbd` or `mysqld` to run. By default it is the first one found; MariaDB takes precedence."""

# Tests kill the server, not the machine: a commit survives once it was passed to the operating system.
# An option with `loose` is supported by only one of the two.
FAST = (
    *("--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M"),
    *("--loose-innodb-log-file-size=32M", "--loose-innodb-redo-log-capacity=64M"),
    *("--skip-log-bin", "--performance-schema=OFF"),
)


@cache
def find_server() -> Path | None:
    """The server program; None if there is none."""
    named = os.environ.get(PROGRAM)
    found = [Path(named)] if named else [find_program("mariadbd"), find_program("mysqld")]
    return next((server for server in found if server is not None and version_of(server)), None)


@cache
def is_mariadb(server: Path) -> bool:
    """Whether the program is MariaDB rather than MySQL."""
    return "MariaDB" in version_of(server)


def _find_installer(server: Path) -> Path | None:
    return find_program("mariadb-install-db", server.parent, _base(server) / "bin")


def _base(server: Path) -> Path:
    """The base directory of a program, derived from its actual location, not from the one compiled in."""
    return server.resolve().parent.parent


class MysqlServer(PrivateServer):
    """MariaDB or MySQL over TCP, with the user `root` without a password. The server keeps its defaults, such
    as MariaDB's character set latin1: Everpost must set everything that it needs.
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
            initdb_command = [*installer, "--auth-root-authentication-method=normal"]
        else:
            account = self.folder / "account.sql"
            account.write_text("RENAME USER root@localhost TO root@127.0.0.1;\n")
            initdb_command = [str(server), "--no-defaults", "--initialize-insecure", f"--init-file={account}"]
        run_once([*initdb_command, *self._place(), *FAST], self)

    def command(self) -> list[str]:
        return [
            *(str(self._server()), "--no-defaults", *self._place(), "--loose-mysqlx=OFF"),
            *(f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve"),
            *(() if self.durable else FAST),
            # A starting server removes the files of other servers from a shared folder for temporary files.
            f"--tmpdir={self.folder}",
            # Relative to the data folder, because the path of a socket is limited to about 100 characters.
            *("--socket=socket", "--pid-file=pid"),
        ]

    def _place(self) -> list[str]:
        return [
            *(f"--basedir={_base(self._server())}", f"--datadir={self.folder / 'data'}"),
            # Packages configure a folder for LOAD DATA that exists only if they set up a server themselves.
            f"--secure-file-priv={self.folder}",
            *(["--user=root"] if os.geteuid() == 0 and self.user is None else []),
        ]

    @staticmethod
    def _server() -> Path:
        server = find_server()
        assert server is not None
        return server
