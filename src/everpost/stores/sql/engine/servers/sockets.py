"""Socket options for connections to servers."""

import socket

_OPTIONS = (
    ("TCP_KEEPIDLE", 30),
    ("TCP_KEEPALIVE", 30),  # on macOS
    ("TCP_KEEPINTVL", 10),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 30_000),
)


def keep_alive(connection: socket.socket | None) -> None:
    """Let the operating system detect a dead peer within a minute, even if nothing is being sent.

    This also keeps routers and load balancers from dropping an idle connection.
    """
    if connection is None or connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _OPTIONS:
        if (option := getattr(socket, name, None)) is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
