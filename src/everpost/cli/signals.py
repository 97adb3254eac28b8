"""A worker that has not been asked for anything has nothing to finish: what is to end it ends it at once.

A signal that comes while Granian starts a worker is lost, and who loses it is waited for until the time to
shut down is over, and then killed. Until a worker has handlers of its own it has those of the process that
forked it, which do nothing there. Those of a uvloop (`add_signal_handler`) hear nothing between two runs of
the loop (`_pause_signals` in uvloop/loop.pyx), and Granian runs it once to start the application and once
more to serve it.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Application: TypeAlias = Callable[..., Awaitable[None]]
Scope: TypeAlias = MutableMapping[str, Any]

ENDING = (signal.SIGINT, signal.SIGTERM)


def end_forked_workers_at_once() -> None:
    """For the process that will fork workers: whichever it forks is ended by these signals."""
    os.register_at_fork(after_in_child=_reset)


def end_at_once_until_asked(application: Application, loop: asyncio.AbstractEventLoop) -> Application:
    """For a worker, with the loop on which it will serve: the application, which lets Granian's handlers have
    the signals from the first request on.
    """
    usual: dict[int, Any] = {}

    def take() -> None:
        usual.update({number: signal.getsignal(number) for number in ENDING})
        _reset()

    def answer(scope: Scope, *channels: object) -> Awaitable[None]:
        if usual and scope["type"] != "lifespan":
            for number, handler in usual.items():
                signal.signal(number, handler)
                signal.siginterrupt(number, False)  # as the loop had it
            usual.clear()
        return application(scope, *channels)

    loop.call_soon(take)  # Granian's are there by the time the loop runs
    return answer


def _reset() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
