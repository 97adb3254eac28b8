"""A proxy in front of a database server that counts connections and round trips, and can add latency, drop
traffic, or hang up.
"""

import contextlib
import select
import socket
import socketserver
import threading
import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_CHUNK = 2**16


class Proxy:
    """A context manager that listens on a loopback port, and connects to the database server at a URL.

    A round trip begins when a client sends data after the server has sent data. `latency` adds seconds to
    each round trip.
    """

    def __init__(self, url: str, *, latency: float = 0) -> None:
        self._url = urlsplit(url)
        self._latency = latency
        self._count = 0
        self._connections = 0
        self._epoch = 0
        self._is_blocked = False
        self._farewell: bytes | None = None
        self._last: int | None = None
        self._is_cut = threading.Event()
        self._lock = threading.Lock()
        proxy, server = self, (self._url.hostname or "127.0.0.1", self._url.port or 0)

        class Connection(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if proxy._farewell is not None:
                    self.request.sendall(proxy._farewell)
                    return
                with proxy._lock:
                    proxy._connections += 1
                with contextlib.suppress(ConnectionRefusedError):  # the server is down
                    database = socket.create_connection(server)
                    with database:
                        proxy.carry(self.request, database)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 100

        self._listener = Listener(("127.0.0.1", 0), Connection)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """The URL of the same database through the proxy."""
        user = self._url.netloc.rpartition("@")[0]
        here = f"127.0.0.1:{self._listener.server_address[1]}"
        through = self._url._replace(netloc=f"{user}@{here}" if user else here)
        # Otherwise the client would connect to the address of the node in the replica set.
        direct = "directConnection=true" if self._url.scheme == "mongodb" else ""
        return through._replace(query=direct).geturl()

    @property
    def count(self) -> int:
        """The number of round trips so far."""
        return self._count

    @property
    def connections(self) -> int:
        """The number of connections so far."""
        return self._connections

    def forget_connections(self) -> None:
        """Drop all traffic on the existing connections, like a firewall that forgot them."""
        self._epoch += 1

    def block(self) -> None:
        """Drop all traffic, on existing and new connections."""
        self._is_blocked = True
        self.forget_connections()

    def block_after(self, round_trips: int) -> threading.Event:
        """Drop all traffic once the server has processed this many more round trips: the answer to the last
        one is dropped as well. Returns an event that is set then.
        """
        self._is_cut = threading.Event()
        self._last = self._count + round_trips
        return self._is_cut

    def hang_up(self, farewell: bytes = b"") -> None:
        """Close new connections after sending them this, and existing ones when they send something."""
        self._farewell = farewell

    def recover(self) -> None:
        """Forward new connections again."""
        self._is_blocked = False
        self._farewell = None
        self._last = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()

    def carry(self, client: socket.socket, database: socket.socket) -> None:
        """Forward data in both directions until one side closes the connection."""
        for side in (client, database):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        is_asking, is_last, epoch = False, False, self._epoch
        while self._farewell is None:
            for speaker in select.select([client, database], [], [])[0]:
                try:
                    said = speaker.recv(_CHUNK)
                except ConnectionResetError:
                    return
                if not said or self._farewell is not None:
                    return
                if self._is_blocked or epoch != self._epoch:
                    continue
                if speaker is client and not is_asking:
                    with self._lock:
                        self._count += 1
                        is_last = self._count == self._last
                    time.sleep(self._latency)
                is_asking = speaker is client
                if is_last and not is_asking:
                    self.block()
                    self._is_cut.set()
                    continue
                (database if is_asking else client).sendall(said)
