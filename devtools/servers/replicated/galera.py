"""A private Galera cluster of three MariaDB servers."""

import os
import pwd
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Self

from devtools.servers.mysql import MysqlServer, find_server, is_mariadb
from devtools.servers.private import START_TIMEOUT, CannotStart, find_program, free_port

SIZE = 3
PLACES = ("/usr/lib/galera", "/usr/lib64/galera-4", "/usr/lib/x86_64-linux-gnu/galera")
LIBRARY = "libgalera_smm.so"
SYNCED = "Synchronized with group"
SMALL = (
    "gcache.size=32M",
    # After all nodes were killed, the cluster is bootstrapped again from the first one.
    "pc.recovery=false",
)


@cache
def _find_library() -> Path | None:
    return next((path for place in PLACES if (path := Path(place) / LIBRARY).exists()), None)


class GaleraNode(MysqlServer):
    """A node of the cluster. It receives the data from another node when it joins."""

    cluster: Sequence["GaleraNode"] = ()
    founds = False
    """Whether it bootstraps a new cluster when it starts."""

    def __init__(self) -> None:
        super().__init__()
        self.group_port, self.states_port, self.increments_port = free_port(), free_port(), free_port()

    @classmethod
    def missing(cls) -> str | None:
        if (reason := super().missing()) is not None:
            return reason
        server = find_server()
        if server is None or not is_mariadb(server) or _find_library() is None:
            return "no Galera for MariaDB here (Debian: apt-get install --no-install-recommends galera-4)"
        if find_program("rsync") is None:
            return "no rsync, by which Galera's nodes get their data"
        return None

    def prepare(self) -> None:
        if os.geteuid() == 0:  # rsync as root would drop its privileges, and then be unable to write
            nobody = pwd.getpwnam("nobody")
            self.user, self.group = nobody.pw_uid, nobody.pw_gid
            os.chown(self.folder, self.user, self.group)
        super().prepare()

    def command(self) -> list[str]:
        addresses = ",".join(f"127.0.0.1:{node.group_port}" for node in self.cluster)
        options = (
            *("base_host=127.0.0.1", f"base_port={self.group_port}"),
            f"gmcast.listen_addr=tcp://127.0.0.1:{self.group_port}",
            *(f"ist.recv_addr=127.0.0.1:{self.increments_port}", "ist.recv_bind=127.0.0.1"),
            *SMALL,
        )
        return [
            *(*super().command(), "--wsrep-on=ON", f"--wsrep-provider={_find_library()}"),
            *(
                f"--wsrep-cluster-address=gcomm://{addresses}",
                f"--wsrep-provider-options={'; '.join(options)}",
            ),
            *("--wsrep-node-address=127.0.0.1", f"--wsrep-node-incoming-address=127.0.0.1:{self.port}"),
            *("--wsrep-sst-method=rsync", f"--wsrep-sst-receive-address=127.0.0.1:{self.states_port}"),
            *("--binlog-format=ROW", "--innodb-autoinc-lock-mode=2"),
            *(["--wsrep-new-cluster"] if self.founds else []),
        ]

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while SYNCED not in (self.folder / f"log-{self._runs}").read_text(errors="replace"):
            if time.monotonic() > deadline:
                raise CannotStart("a node of Galera does not get the state of the cluster")
            time.sleep(0.01)


class GaleraCluster:
    """A cluster of three nodes, which are ready for use when `start()` returns."""

    def __init__(self) -> None:
        self.nodes = [GaleraNode() for _ in range(SIZE)]
        for node in self.nodes:
            node.cluster = self.nodes

    def start(self) -> Self:
        first, *others = self.nodes
        try:
            first.founds = True
            first.start()
            first.founds = False
            for node in others:  # of two that join at once, one waits longer than both joins take in sequence
                node.start()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        with ThreadPoolExecutor() as at_once:
            list(at_once.map(GaleraNode.stop, self.nodes))
