"""Processes that move a blog, and are killed at random times.

python -m tests.faults.moving KILLS FROM TARGET...: each child runs `everpost copy FROM TARGET` or, if FROM is
a file, `everpost import FROM` into the target, with `--from wordpress` if the name ends in .xml. The first
child is not killed; each other one is killed after a random part of the time that the first one took. After a
child has finished a target, the next target is used. After KILLS kills, the last child is not killed. Prints
the number of kills and of targets.
"""

import contextlib
import io
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from everpost.cli import main as everpost
from everpost.transfer.copy import sync


def move(source: str, target: str) -> None:
    """The command line that a user would run."""
    if Path(source).is_file():
        os.environ["EVERPOST_DATABASE_URL"] = target
        system = ["--from", "wordpress"] if source.endswith(".xml") else []
        sys.argv = ["everpost", "import", source, *system]
    else:
        sys.argv = ["everpost", "copy", source, target]
    everpost()


def begin(work: Callable[[], None]) -> int:
    """Start a child that does the work; its status is 0 only if that succeeds."""
    child = os.fork()
    if child:
        return child
    status, said = 1, io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            work()
            status = 0
        except SystemExit as end:
            status = 0 if end.code in (None, 0) else 1
            said.write(str(end.code))
        finally:
            if status:
                sys.stderr.write(said.getvalue())
                sys.stderr.flush()
            os._exit(status)


def end(child: int) -> None:
    """Wait for a child that must succeed."""
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"a move failed with {status}")


def is_killed(child: int, seconds: float) -> bool:
    """Kill the child after this many seconds. Returns whether it was still running."""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)  # a child that has ended is not reaped yet, so the signal does no harm
    _, status = os.waitpid(child, 0)
    if status not in (0, signal.SIGKILL):
        sys.exit(f"a move failed with {status}")
    return status == signal.SIGKILL


def import_what_moves() -> None:
    """Load modules that are imported lazily once, so that the children spend their time on moving."""
    for kind in ("sql", "mongo"):
        for name in ("schema", "store"):
            import_module(f"everpost.stores.{kind}.{name}")


def run(kills: int, source: str, targets: list[str]) -> None:
    import_what_moves()
    sync.BATCH_ROWS = 100  # so that there are more points at which a child can be killed
    waiting = iter(targets)
    began = time.monotonic()
    end(begin(lambda: move(source, next(waiting))))
    next(waiting)
    usual = time.monotonic() - began
    target, killed, used = next(waiting), 0, 2
    while killed < kills:
        child = begin(lambda to=target: move(source, to))  # type: ignore[misc]  # mypy infers no default of a lambda
        if is_killed(child, random.uniform(0, usual)):
            killed += 1
        else:
            target, used = next(waiting), used + 1
    end(begin(lambda: move(source, target)))
    sys.stdout.write(f"{killed} {used}")


if __name__ == "__main__":
    run(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
