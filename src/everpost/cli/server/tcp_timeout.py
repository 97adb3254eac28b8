"""Lets the operating system close connections whose client has stopped reading.

Granian waits for such clients forever and does not expose its sockets. Connections inherit TCP_USER_TIMEOUT
(Linux, RFC 5482) from the listening socket.
"""

import os
import socket
from collections.abc import Awaitable
from contextlib import suppress

from everpost.cli.server.signals import Application, Scope


def close_stalled_connections(application: Application, *, port: int, timeout: float) -> Application:
    """Wrap the application of a worker that listens on this port: its first request sets the timeouts."""
    is_done = not hasattr(socket, "TCP_USER_TIMEOUT")

    def answer(scope: Scope, *channels: object) -> Awaitable[None]:
        nonlocal is_done
        if not is_done and scope["type"] != "lifespan":
            is_done = True
            _set_timeouts(port, timeout)
        return application(scope, *channels)

    return answer


def _set_timeouts(port: int, timeout: float) -> None:
    names: list[str] = []
    with suppress(OSError):  # /proc may not exist
        names = os.listdir("/proc/self/fd")  # noqa: PTH208 - names, not paths
    for name in names:
        with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as one:
            if one.family in (socket.AF_INET, socket.AF_INET6) and one.getsockname()[1] == port:
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(timeout * 1000))
