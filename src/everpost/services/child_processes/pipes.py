"""Messages between a worker and its child processes: bytes, preceded by a number and their length."""

import struct
from typing import IO

_HEAD = struct.Struct("!dI")


def send(file: IO[bytes], message: bytes, seconds: float = 0) -> None:
    """Write a message, with a limit of CPU time. Raises OSError if the other process has ended."""
    file.write(_HEAD.pack(seconds, len(message)))
    file.write(message)
    file.flush()


def receive(file: IO[bytes]) -> tuple[bytes, float] | None:
    """The next message and its limit; None if the other process has ended."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    seconds, length = _HEAD.unpack(head)
    message = file.read(length)
    return (message, seconds) if len(message) == length else None
