"""A broker through which the workers of pytest-xdist share the servers of their parent process."""

import json
import socket
import socketserver
import threading

from devtools.servers import Servers
from devtools.servers.private import CannotStart


class Broker:
    """Listens on a loopback port, and answers the name of a database engine with the URL of its server."""

    def __init__(self, servers: Servers) -> None:
        class Question(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                name = self.rfile.readline().decode().strip()
                try:
                    answer = {"url": servers.url(name)}
                except (CannotStart, OSError) as error:
                    answer = {"error": str(error)}
                self.wfile.write(json.dumps(answer).encode())

        self._listener = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Question)
        self.port: int = self._listener.server_address[1]
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()


def ask(port: int, name: str) -> str:
    """The URL of a server, from the broker at this port. Raises CannotStart."""
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rwb") as stream:
        stream.write(f"{name}\n".encode())
        stream.flush()
        answer: dict[str, str] = json.load(stream)
    if "error" in answer:
        raise CannotStart(answer["error"])
    return answer["url"]
