"""Keeps one database server and its folder, and removes both when the process that asked for them ends.

Runs as a process of its own, in a session of its own, so no Ctrl-C reaches it. Its standard input is a
pipe whose other end only the asking process holds; each line there is an order in JSON, answered, once it is
carried out, with a line that holds the id of the server's process. The end of the pipe comes however the
asking process ended, killed included: then the server is ended, and the folder removed.
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
"""Seconds that a server has to end by itself."""


def run(order: dict[str, Any], folder: Path) -> subprocess.Popen[bytes]:
    """Run `order["command"]`, what it says going to `order["log"]`, as `order["user"]` where given."""
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
