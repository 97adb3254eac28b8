"""The main loop of a child process. The kernel ends the process when it exceeds the CPU time of a job, or
asks for too much memory.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from everpost.services.child_processes.pipes import receive, send


def serve(answer: Callable[[bytes], bytes], *, max_memory: int) -> None:
    """Answer messages until the other end closes the pipe. `max_memory`: bytes of address space."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints does not disturb the answers
    _prepare(max_memory)
    while (received := receive(requests)) is not None:
        message, seconds = received
        del received
        _limit_time(seconds)
        response = answer(message)
        _limit_time(0)
        del message
        with suppress(OSError):
            send(answers, response)


def place_of(error: BaseException) -> str:
    """The type of the exception and where it was raised, without its message, which may quote content."""
    return f"{type(error).__name__} in {error.__traceback__ and _last(error.__traceback__)}"


def _last(traceback: TracebackType) -> str:
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"


def _prepare(max_memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    if sys.platform != "win32":
        import resource

        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(OSError, ValueError):  # macOS has no limit of this kind
            resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))


def _limit_time(seconds: float) -> None:
    """End the process after this much more CPU time; 0: no limit."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)
