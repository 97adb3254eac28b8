"""Limits and signals of the operating system: enough open files, and an end of workers without a parent."""

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress

_CONNECTIONS = 1_024
"""Granian's `backlog`, which the workers share."""
_OTHER_FILES = 128
"""Per worker: connections to the database, SQLite's files, and whatever a process has open anyway."""
_ENOUGH = 65_536
_PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


def raise_file_limit(workers: int) -> str | None:
    """Let this process and its workers open as many files as the system allows. Return a warning of one line
    if that is too few for all the connections that a worker would accept.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = _ENOUGH if hard == unlimited else min(hard, _ENOUGH)
    if soft != unlimited and soft < wanted:
        with suppress(ValueError, OSError):  # macOS may have a lower limit that it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    return None if soft == unlimited else _file_limit_warning(soft, workers)


def _file_limit_warning(limit: int, workers: int) -> str | None:
    needed = _CONNECTIONS // workers + _OTHER_FILES
    if limit >= needed:
        return None
    return (
        f"A process may open only {limit:,} files, so a worker stops responding under many connections."
        f" Raise the limit to at least {needed:,}: ulimit -n, or LimitNOFILE= in a systemd unit."
    )


def end_with_parent(parent: int) -> None:
    """Called in a worker: have the kernel end it when the process with this id, which forked it, is killed
    (Linux). Otherwise it would go on serving, and keep the port.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it has ended already
        os.kill(os.getpid(), signal.SIGTERM)
