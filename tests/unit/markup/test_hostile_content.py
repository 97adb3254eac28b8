"""Hostile content costs work in proportion to its length, or is refused."""

import os
import sys
from types import FrameType

import pytest

from everpost.domain.posts import PostFormat
from everpost.markup.rendering import render_comment, render_post
from everpost.markup.results import Unrenderable
from everpost.services.rendering.messages import Job
from everpost.services.rendering.processes import MAX_SECONDS, NotRendered, RenderingProcess
from tests.unit.markup.hostile_content import FAMILIES, MARKDOWN, Family

SMALL = 1_000
MARGIN = 1.25
"""The work for twice the content may be 2.5 times as much; quadratic work would be four times as much."""
START = 1.0
"""Seconds of CPU for starting a process, and for sending the result."""
EACH_FAMILY = pytest.mark.parametrize(
    ("family", "format_"), [each[1:] for each in FAMILIES], ids=[each[0] for each in FAMILIES]
)


def work(content: str, format_: PostFormat | None) -> int:
    """The number of function calls while this content is rendered."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        if format_ is None:
            render_comment(content)
        else:
            render_post(content, format_)
    except Unrenderable:
        pass
    finally:
        sys.setprofile(None)
    return calls


@EACH_FAMILY
def test_work_grows_in_proportion_to_the_length_of_a_post(family: Family, format_: PostFormat) -> None:
    render_post("```python\n```\n```html\n```\n$x$", PostFormat.MARKDOWN)  # imports what it needs once
    small = work(family(SMALL), format_)
    assert work(family(2 * SMALL), format_) < 2 * MARGIN * small + 1_000


@pytest.mark.parametrize("family", MARKDOWN.values(), ids=MARKDOWN)
def test_work_grows_in_proportion_to_the_length_of_a_comment(family: Family) -> None:
    small = work(family(SMALL), None)
    assert work(family(2 * SMALL), None) < 2 * MARGIN * small + 1_000


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not limit CPU time")
@pytest.mark.parametrize("size", [100_000, 1_000_000])
@EACH_FAMILY
def test_a_megabyte_is_rendered_or_cut_off_within_two_seconds_of_cpu(
    family: Family, format_: PostFormat, size: int
) -> None:
    before = cpu_of_ended_processes()
    process = RenderingProcess()
    outcome = process.render(Job(family(size)[:size], format_), MAX_SECONDS)
    process.close()
    assert not isinstance(outcome, NotRendered) or outcome.is_certain
    assert cpu_of_ended_processes() - before < MAX_SECONDS + START


def cpu_of_ended_processes() -> float:
    used = os.times()
    return used.children_user + used.children_system
