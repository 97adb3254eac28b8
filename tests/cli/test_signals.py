"""Signals that arrive at any point while a worker starts: the worker stops itself."""

import signal
import subprocess
import sys
import textwrap

import pytest

JUST_FORKED = """
    os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGSTOP))
    end_forked_workers_at_once()
    if (worker := os.fork()) == 0:
        signal.alarm(30)
        signal.pause()
    await_stop(worker)
"""
ABOUT_TO_START_THE_APPLICATION = """
    end_forked_workers_at_once()
    if (worker := os.fork()) == 0:
        signal.alarm(30)
        loop = uvloop.new_event_loop()
        end_at_once_until_requested(None, loop)
        loop.add_signal_handler(signal.SIGTERM, lambda: None)
        os.kill(os.getpid(), signal.SIGSTOP)
        loop.run_forever()
    await_stop(worker)
"""
PROGRAM = """
import os, signal, uvloop
from everpost.cli.server.signals import end_at_once_until_requested, end_forked_workers_at_once

def await_stop(worker):
    assert os.WIFSTOPPED(os.waitpid(worker, os.WUNTRACED)[1])
    os.kill(worker, signal.SIGTERM)
    os.kill(worker, signal.SIGCONT)
    print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]))

signal.signal(signal.SIGTERM, lambda *_: None)
"""


@pytest.mark.parametrize(
    "start", [JUST_FORKED, ABOUT_TO_START_THE_APPLICATION], ids=["just forked", "about to start"]
)
def test_a_signal_ends_a_worker_that_is_starting(start: str) -> None:
    program = PROGRAM + textwrap.dedent(start)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False
    )
    assert (ended.stdout, ended.stderr) == (f"{-signal.SIGTERM}\n", "")


def test_the_process_that_forks_workers_keeps_its_signals() -> None:
    program = PROGRAM + textwrap.dedent("""
        end_forked_workers_at_once()
        if os.fork() == 0:
            os._exit(0)
        print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
    """)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "set()\n"
