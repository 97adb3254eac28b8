"""Rendering in child processes: each content once, within limits."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from everpost.domain.posts import Post, PostFormat
from everpost.markup.fallback import plain_comment, plain_post
from everpost.markup.rendering import render_comment, render_post
from everpost.services.rendering import renderer, worker
from everpost.services.rendering.messages import Job
from everpost.services.rendering.processes import NotRendered, RenderingProcess, seconds_for
from everpost.services.rendering.renderer import Renderer
from tests.contract.port.examples import a_post

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit CPU time")
ENDLESS = "*a " * 300_000
"""Emphasis that is never closed: more than the CPU time that these tests allow."""
CAPACITY = 1_000_000


@pytest.fixture
async def rendering(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Renderer]:
    """A renderer with less CPU time for each content, so that tests are quick."""
    monkeypatch.setattr(renderer, "seconds_for", lambda _characters: 0.2)
    rendering = Renderer(capacity=CAPACITY, embed_hosts=("player.example",))
    yield rendering
    rendering.close()


class Jobs:
    """Counts the jobs that reach a process, and may do something to the process first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.contents: list[str] = []
        self.before: Callable[[RenderingProcess], object] = lambda _process: None
        render = RenderingProcess.render

        def counted(process: RenderingProcess, job: Job, seconds: float) -> Any:  # noqa: ANN401
            self.contents.append(job.content)
            self.before(process)
            return render(process, job, seconds)

        monkeypatch.setattr(RenderingProcess, "render", counted)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    return Jobs(monkeypatch)


def post(content: str, format: PostFormat = PostFormat.MARKDOWN) -> Post:
    return a_post(content=content, format=format)


async def test_the_result_is_that_of_the_pure_function(rendering: Renderer) -> None:
    content = "# A\n\n*b* ![c](d.png) \ud7ff\U0001f30d <iframe src='https://player.example/'></iframe>\n"
    base = "https://blog.example/a"
    for each in PostFormat:
        on_its_page = render_post(content, each, embed_hosts={"player.example"})
        assert await rendering.post(post(content, each)) == on_its_page
        in_a_feed = render_post(content, each, base_url=base)
        assert await rendering.post(post(content, each), base_url=base) == in_a_feed
    assert await rendering.comment(content) == render_comment(content)


async def test_concurrent_callers_share_one_result(rendering: Renderer, jobs: Jobs) -> None:
    results = await asyncio.gather(*(rendering.comment("*a*") for _ in range(20)))
    assert jobs.contents == ["*a*"]
    assert all(result is results[0] for result in results)


async def test_each_content_is_rendered_once(rendering: Renderer, jobs: Jobs) -> None:
    for _ in range(3):
        await rendering.posts([post("a"), post("b"), post("a")])
    assert sorted(jobs.contents) == ["a", "b"]


async def test_each_way_of_rendering_has_a_result_of_its_own(rendering: Renderer) -> None:
    content = "[a](b)"
    results = [
        (await rendering.post(post(content))).html,
        (await rendering.post(post(content, PostFormat.HTML))).html,
        (await rendering.post(post(content), base_url="https://blog.example/")).html,
        (await rendering.comment(content)).html,
    ]
    assert len(set(results)) == len(results)


async def test_a_cancelled_caller_does_not_stop_the_others(rendering: Renderer) -> None:
    first = asyncio.create_task(rendering.comment("*a*"))
    second = asyncio.create_task(rendering.comment("*a*"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).html == "<p><em>a</em></p>\n"


async def test_content_that_takes_too_long_is_shown_as_text(rendering: Renderer) -> None:
    assert await rendering.post(post(ENDLESS)) == plain_post(ENDLESS)
    assert await rendering.comment(ENDLESS) == plain_comment(ENDLESS)
    assert (await rendering.comment("*b*")).html == "<p><em>b</em></p>\n"


async def test_text_that_took_too_long_is_not_tried_again(
    rendering: Renderer, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = "[" * 20_000
    monkeypatch.setattr(renderer, "seconds_for", lambda _characters: 0.01)
    first = await rendering.comment(short)
    assert await rendering.comment(short) is first
    assert jobs.contents == [short]


async def test_other_content_does_not_wait_for_it(rendering: Renderer, jobs: Jobs) -> None:
    """One job is held in its process until the result of the other has arrived."""
    started, arrived = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def hold(_process: RenderingProcess) -> None:
        if jobs.contents[-1] == "held":
            loop.call_soon_threadsafe(started.set)
            assert arrived.wait(60)

    jobs.before = hold
    held = asyncio.create_task(rendering.comment("held"))
    await started.wait()
    assert (await rendering.comment("*other*")).html == "<p><em>other</em></p>\n"
    assert not held.done()
    arrived.set()
    assert (await held).html == "<p>held</p>\n"


async def test_a_killed_process_is_replaced_and_its_job_tried_again_the_next_time(
    rendering: Renderer, jobs: Jobs
) -> None:
    jobs.before = RenderingProcess.kill
    assert await rendering.comment("*a*") == plain_comment("*a*")
    jobs.before = lambda _process: None
    assert (await rendering.comment("*a*")).html == "<p><em>a</em></p>\n"


async def test_a_process_that_cannot_be_started_costs_only_the_markup(
    rendering: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    assert await rendering.comment("*a*") == plain_comment("*a*")


async def test_results_are_dropped_when_they_are_too_many(jobs: Jobs) -> None:
    rendering = Renderer(capacity=5_000)
    for number in (0, 1, 2, 3, 4, 0):
        await rendering.comment(f"{number}{'x' * 500}")
    assert [content[0] for content in jobs.contents] == ["0", "1", "2", "3", "4", "0"]
    await rendering.comment(f"4{'x' * 500}")
    assert len(jobs.contents) == 6
    assert rendering._kept._size <= 5_000
    rendering.close()


def test_a_process_ignores_ctrl_c_and_ends_when_its_parent_does() -> None:
    process = RenderingProcess()
    process.render(Job("started"), 2)
    os.kill(process._process.pid, signal.SIGINT)
    assert process.render(Job("*a*"), 2) == render_comment("*a*")
    process._requests.close()
    assert process._process.wait(60) == 0
    process.close()


def test_the_reason_is_given_for_content_that_is_refused() -> None:
    process = RenderingProcess()
    assert process.render(Job(">" * 100 + "a"), 2) == NotRendered(
        "more than 50 levels of quotes and lists", is_certain=True
    )
    process.close()


def test_a_bug_in_a_parser_is_reported_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise IndexError("secret")

    monkeypatch.setattr(worker, "render_comment", fail)
    answer = worker._answer(Job("*a*"))
    assert isinstance(answer, str)
    assert answer.startswith("IndexError in test_rendering.py:")


@pytest.mark.long
def test_memory_is_limited() -> None:
    process = RenderingProcess()
    assert process.render(Job("*a*" * 1_000_000), 60) == NotRendered("memory", is_certain=True)
    process.close()


def test_the_time_for_a_content_grows_with_it_up_to_two_seconds() -> None:
    assert seconds_for(20_000) == 0.5
    assert seconds_for(1_000_000) == 2
