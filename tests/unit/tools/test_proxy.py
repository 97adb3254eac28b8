"""The proxy counts round trips correctly."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest
from devtools.servers.proxy import Proxy


class Echo(socketserver.StreamRequestHandler):
    """Answers each line with two."""

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(line)
            self.wfile.flush()
            self.wfile.write(b"and " + line)


@pytest.fixture
def server() -> Iterator[str]:
    """The URL of a server that echoes."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        yield f"mongodb://127.0.0.1:{listener.server_address[1]}/blog"
        listener.shutdown()
        thread.join()


def test_a_question_in_pieces_with_an_answer_in_pieces_is_one_round_trip(server: str) -> None:
    with Proxy(server) as proxy:
        port = int(proxy.url.partition("127.0.0.1:")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as client, client.makefile("rb") as answers:
            for number in range(3):
                client.sendall(b"one ")
                client.sendall(b"question\n")
                assert answers.readline() == b"one question\n"
                assert answers.readline() == b"and one question\n"
                assert proxy.count == number + 1


def test_a_replica_set_is_reached_through_the_proxy_only(server: str) -> None:
    with Proxy(server) as proxy:
        assert proxy.url.startswith("mongodb://127.0.0.1:")
        assert proxy.url.endswith("/blog?directConnection=true")
