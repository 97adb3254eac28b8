"""A guard process for one database server and its folder. It removes both when its parent process ends.

It runs in a session of its own, so that Ctrl-C does not reach it. Its standard input is a pipe whose other
end only the parent holds. Each line is a command in JSON, which is answered, when it is done, with a line
that contains the id of the server's process. The pipe ends when the parent ends, even if it is killed: then
the guard ends the server, and removes the folder.
"""

import json
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

ENDED = "[guard] the server has ended, status"
GRACE = 20.0
"""Seconds that a server has for shutting down before it is killed."""


def run(order: dict[str, Any], folder: Path) -> subprocess.Popen[bytes]:
    """Run `order["command"]` as `order["user"]`, if given, with its output in `order["log"]`."""
    user: int | None = order["user"]
    log = Path(order["log"]).open("wb")  # noqa: SIM115 - open as long as the server runs
    server = subprocess.Popen(
        order["command"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        user=user,
        group=order["group"],
        extra_groups=None if user is None else [],
    )

    def note_the_end() -> None:
        with log:
            log.write(f"\n{ENDED} {server.wait()}\n".encode())

    threading.Thread(target=note_the_end, daemon=True).start()
    return server


def end(server: subprocess.Popen[bytes], signal_name: str) -> None:
    server.send_signal(signal.Signals[signal_name])
    try:
        server.wait(GRACE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main(folder: Path, last_signal: str) -> None:
    server: subprocess.Popen[bytes] | None = None
    try:
        for line in sys.stdin:
            order = json.loads(line)
            if "command" in order:
                server = run(order, folder)
            elif server is not None and "signal" in order:
                server.send_signal(signal.Signals[order["signal"]])
            elif server is not None:
                end(server, order["last_signal"])
            print(server.pid if server else "", flush=True)  # noqa: T201 - the answer to the order
    finally:
        if server is not None:
            end(server, last_signal)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
