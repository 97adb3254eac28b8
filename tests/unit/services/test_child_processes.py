"""A pool of child processes: jobs are cut off, cancelled jobs end, and lost processes are replaced."""

import asyncio
import sys
import threading

import pytest

from everpost.domain.posts import PostFormat
from everpost.services.child_processes.pool import ProcessPool
from everpost.services.child_processes.process import ChildProcess, CutOff
from everpost.services.rendering.messages import Job, write_job
from everpost.services.rendering.processes import RenderingProcess

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit CPU time")
ENDLESS = write_job(Job("*a " * 300_000, PostFormat.MARKDOWN))
"""A job that takes minutes, and fills the pipe."""
SHORT = write_job(Job("*a*"))


def call(process: ChildProcess, message: bytes, seconds: float = 600) -> bytes | CutOff:
    return process.call(message, seconds)


async def test_a_process_that_exceeds_its_time_is_replaced() -> None:
    pool = ProcessPool(RenderingProcess, name="test", most=1)
    assert await pool.run(lambda process: call(process, ENDLESS, 0.05)) == CutOff("CPU time", is_certain=True)
    assert isinstance(await pool.run(lambda process: call(process, SHORT)), bytes)
    pool.close()


async def test_a_process_that_does_not_answer_is_killed() -> None:
    pool = ProcessPool(RenderingProcess, name="test", most=1, max_wait=0.2)
    answer = await pool.run(lambda process: call(process, ENDLESS))
    assert answer == CutOff("the process ended with status -9", is_certain=False)
    pool.close()


async def test_a_cancelled_job_ends_its_process_and_frees_its_place() -> None:
    pool = ProcessPool(RenderingProcess, name="test", most=1)
    begun, ended = threading.Event(), threading.Event()
    used: list[ChildProcess] = []

    def endless(process: ChildProcess) -> None:
        used.append(process)
        begun.set()
        call(process, ENDLESS)
        ended.set()

    task = asyncio.create_task(pool.run(endless))
    assert await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(ended.wait, 60)
    assert not used[0].is_alive
    assert isinstance(await pool.run(lambda process: call(process, SHORT)), bytes)
    pool.close()


async def test_a_process_that_ended_between_jobs_is_replaced() -> None:
    pool = ProcessPool(RenderingProcess, name="test", most=1)
    first = await pool.run(lambda process: process)
    assert await pool.run(lambda process: process) is first
    first.kill()
    first._process.wait()
    assert await pool.run(lambda process: process) is not first
    pool.close()
