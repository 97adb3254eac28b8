"""Ends workers immediately on a signal, as long as they have not received a request.

A signal that arrives while Granian starts a worker would be lost, and the worker would be killed only after
the shutdown timeout. Until a worker installs its own handlers, it inherits those of its parent, which do
nothing in a worker. Handlers of uvloop (`add_signal_handler`) miss signals between two runs of the loop
(`_pause_signals` in uvloop/loop.pyx), and Granian runs it once to start the application and again to serve
it. So signals are blocked, and stay pending, while either kind of handler is installed.
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
    """Call this before forking workers: the signals in `ENDING` then end each worker immediately."""
    os.register_at_fork(before=_block, after_in_parent=_unblock, after_in_child=_reset)


def end_at_once_until_requested(application: Application, loop: asyncio.AbstractEventLoop) -> Application:
    """Call this in a worker, before Granian installs its handlers on this loop. Returns the application,
    wrapped: its first request restores Granian's handlers.
    """
    usual: dict[int, Any] = {}

    def take() -> None:
        usual.update({number: signal.getsignal(number) for number in ENDING})
        _reset()

    def answer(scope: Scope, *channels: object) -> Awaitable[None]:
        if usual and scope["type"] != "lifespan":
            for number, handler in usual.items():
                signal.signal(number, handler)
                signal.siginterrupt(number, False)  # as set by the loop
            usual.clear()
        return application(scope, *channels)

    _block()
    loop.call_soon(take)  # Granian's handlers are installed by the time the loop runs
    return answer


def _block() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _reset() -> None:
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    _unblock()
