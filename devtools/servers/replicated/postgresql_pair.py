"""A private PostgreSQL server with a synchronous standby: a commit waits until both have it."""

import subprocess
import time
from pathlib import Path
from typing import Self

from devtools.servers.postgresql import INSTALL, PostgresqlServer, programs_of_the_machine
from devtools.servers.private import START_TIMEOUT, CannotStart, free_port

REPLICATED = ("wal_level=replica", "max_wal_senders=5", "wal_keep_size=256MB")


class ReplicatedPostgresql(PostgresqlServer):
    """A primary, which may have a standby, or the standby of `primary`."""

    ready_line = "database system is ready to accept"  # connections, or read-only connections

    def __init__(self, primary: "ReplicatedPostgresql | None" = None) -> None:
        super().__init__()
        self._primary = primary

    @classmethod
    def missing(cls) -> str | None:
        if cls.find_binaries() is None:
            return f"no PostgreSQL of this machine, with pg_basebackup and psql {INSTALL}"
        return None

    @classmethod
    def find_binaries(cls) -> Path | None:
        return programs_of_the_machine()

    def initdb_command(self) -> list[str | Path]:
        if self._primary is None:
            return super().initdb_command()
        return [
            *(self.binaries / "pg_basebackup", "--pgdata=data", "--write-recovery-conf", "--no-sync"),
            *("--checkpoint=fast", f"--dbname={self._primary.url()}"),
        ]

    def command(self) -> list[str]:
        return [*super().command(), *(option for setting in REPLICATED for option in ("-c", setting))]

    def sql(self, statement: str) -> str:
        """Run a statement in `psql`, and return its output: a line per row, columns separated by `|`."""
        psql = str(self.binaries / "psql")
        done = subprocess.run(
            [psql, self.url(), "--no-psqlrc", "--tuples-only", "--no-align", "--command", statement],
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT,
            check=True,
        )
        return done.stdout.strip()


class PostgresqlPair:
    """A primary and its synchronous standby. The two ports stay the same after a failover."""

    def __init__(self) -> None:
        self.primary = ReplicatedPostgresql()
        self.standby = ReplicatedPostgresql(self.primary)
        self.ports = (self.primary.port, self.standby.port)

    def url(self, database: str) -> str:
        """A URL with both servers; the initial standby comes first."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in reversed(self.ports))
        return f"postgresql://everpost@{hosts}/{database}?target_session_attrs=read-write"

    def start(self) -> Self:
        try:
            self.primary.start()
            self.standby.start()
            self._await_standby()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        self.primary.stop()
        self.standby.stop()

    def promote(self) -> None:
        """Promote the standby, which then has no standby itself. The caller has killed the primary."""
        self.primary, self.standby = self.standby, self.primary
        self.primary.sql("SELECT pg_promote()")
        self.primary.sql("ALTER SYSTEM RESET synchronous_standby_names")
        self.primary.sql("SELECT pg_reload_conf()")

    def replace_standby(self) -> None:
        """Start a new standby in place of a killed server."""
        port, killed = self.standby.port, self.standby
        killed.port = free_port()  # to stop it is to start it once more: not where somebody may find it
        killed.stop()
        self.standby = ReplicatedPostgresql(self.primary)
        self.standby.port = port
        self.standby.start()
        self._await_standby()

    def _await_standby(self) -> None:
        """Make commits wait for the standby."""
        self.primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary.sql("SELECT pg_reload_conf()")
        self.until_synchronous()

    def until_synchronous(self) -> None:
        """Wait until the standby has all data of the primary. Raises CannotStart."""
        deadline = time.monotonic() + START_TIMEOUT
        while self.primary.sql("SELECT sync_state FROM pg_stat_replication") != "sync":
            if time.monotonic() > deadline:
                raise CannotStart("the standby does not follow the primary")
            time.sleep(0.05)
