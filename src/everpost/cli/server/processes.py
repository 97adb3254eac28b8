"""Process limits and signals: enough open files, and no workers without a parent process."""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

_CONNECTIONS = 1_024
"""Granian's `backlog`, which the workers share out."""
_OTHER_FILES = 128
"""Per worker: database connections, SQLite's files, and the files that every process has open."""
_ENOUGH = 65_536
_PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


def raise_file_limit(workers: int) -> str | None:
    """Raise the limit on open files for this process and its workers. Returns a one-line warning if it is
    still too low for all the connections that a worker may accept.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = _ENOUGH if hard == unlimited else min(hard, _ENOUGH)
    if soft != unlimited and soft < wanted:
        with suppress(ValueError, OSError):  # macOS may have a lower, undocumented limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return None if soft == unlimited else _file_limit_warning(soft, workers)


def _file_limit_warning(limit: int, workers: int) -> str | None:
    needed = _CONNECTIONS // workers + _OTHER_FILES
    if limit >= needed:
        return None
    return (
        f"A process may open only {limit:,} files, so a worker with many connections may stop responding."
        f" Raise the limit to at least {needed:,}: ulimit -n, or LimitNOFILE= in a systemd unit."
    )


def end_with_parent(parent: int) -> None:
    """Call this in a worker: the kernel ends it when its parent, which has this id, is killed (Linux).
    Otherwise the worker would continue to serve, and occupy the port.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # the parent has already ended
        os.kill(os.getpid(), signal.SIGTERM)
