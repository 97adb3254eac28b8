"""A worker that has not been asked for anything has nothing to finish: what is to end it ends it at once.

A signal that arrives while Granian starts a worker would be lost, and the worker killed only once the time to
shut down is over. Until a worker has handlers of its own, it has those of the process that forked it, which
do nothing there. Those of a uvloop (`add_signal_handler`) hear nothing between two runs of the loop
(`_pause_signals` in uvloop/loop.pyx), and Granian runs it once to start the application and once more to
serve it. So the signals are blocked while such handlers are in place, and wait.
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
    """For the process that will fork workers: these signals end each of them."""
    os.register_at_fork(before=_block, after_in_parent=_unblock, after_in_child=_reset)


def end_at_once_until_asked(application: Application, loop: asyncio.AbstractEventLoop) -> Application:
    """For a worker, before Granian installs its handlers on this loop: the application, which lets these
    handlers have the signals from the first request on.
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

    _block()
    loop.call_soon(take)  # Granian's are there by the time the loop runs
    return answer


def _block() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _reset() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    _unblock()
