"""`python -m devtools.servers [name …]`: runs servers for development until Ctrl-C."""

import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from devtools.servers import SERVERS, Servers


def main() -> None:
    names = sys.argv[1:] or [*SERVERS]
    if unknown := [name for name in names if name not in SERVERS]:
        sys.exit(f"There is no server {unknown[0]!r}; there is {', '.join(SERVERS)}.")
    asked_to_end = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: asked_to_end.set())
    servers = Servers()
    try:
        with ThreadPoolExecutor() as at_once:
            for url in at_once.map(servers.url, names):
                print(url, flush=True)  # noqa: T201 - what it is asked for
        asked_to_end.wait()
    finally:
        servers.stop()


main()
