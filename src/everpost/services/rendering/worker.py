"""The main program of a rendering process: `python -m everpost.services.rendering.worker`.

The kernel ends the process when it exceeds the CPU time of a job, or asks for too much memory.
"""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from everpost.markup.rendering import render_comment, render_post
from everpost.markup.results import Unrenderable
from everpost.services.rendering.messages import Job, Rendered, read_job, receive, send, write_rendered

MAX_MEMORY = 600_000_000
"""Bytes of address space."""


def main() -> None:
    """Answer jobs until the other end closes the pipe."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints does not disturb the answers
    _prepare()
    while (message := receive(requests)) is not None:
        job, seconds = read_job(message)
        _limit_time(seconds)
        answer = _answer(job)
        _limit_time(0)
        with suppress(OSError):
            send(answers, answer)


def _answer(job: Job) -> list[object] | str:
    """The result; or the reason why there is none, which would be the same the next time."""
    try:
        return write_rendered(_render(job))
    except Unrenderable as error:
        return str(error)
    except MemoryError:
        return "memory"
    except Exception as error:  # noqa: BLE001 - a mistake in a parser costs the markup of one text
        return f"{type(error).__name__} in {error.__traceback__ and _place(error.__traceback__)}"


def _place(traceback: TracebackType) -> str:
    """Where the exception was raised: the file and the line."""
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"


def _render(job: Job) -> Rendered:
    if job.format is None:
        return render_comment(job.content, base_url=job.base_url)
    return render_post(job.content, job.format, base_url=job.base_url, embed_hosts=frozenset(job.embed_hosts))


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    if sys.platform != "win32":
        import resource

        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPROF})
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(OSError, ValueError):  # macOS has no limit of this kind
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def _limit_time(seconds: float) -> None:
    """End the process after this much more CPU time; 0: no limit."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main()
