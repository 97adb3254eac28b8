"""Running the load generator, and interpreting its output."""

import shutil

import pytest
from bench.http.processes import Program
from bench.http.wrk import drive

from everpost.benchmark.client import Request
from everpost.errors import WrongAnswer

CONNECTIONS = 2

pytestmark = pytest.mark.skipif(
    shutil.which("wrk") is None, reason="there is no wrk here, as `make bench` needs"
)


async def test_a_slow_program_gets_more_time() -> None:
    with Program(["tests.bench.deaf", "{port}", str(CONNECTIONS)], {}, ready="/ready") as program:
        driven = await drive(program, Request("GET", "/", 204), seconds=1, connections=CONNECTIONS)
    assert driven.requests > 0
    assert driven.figures.rate > 0
    assert driven.figures.p50 <= driven.figures.p95 <= driven.figures.p99
    assert driven.abandoned > CONNECTIONS


async def test_an_answer_that_is_a_refusal_is_a_failure() -> None:
    with (
        Program(["http.server", "{port}", "--bind", "127.0.0.1"], {}, ready="/") as program,
        pytest.raises(WrongAnswer, match=r"GET /nothing: [0-9]+ answers, [1-9][0-9]* of these refusals"),
    ):
        await drive(program, Request("GET", "/nothing", 200), seconds=1, connections=CONNECTIONS)
