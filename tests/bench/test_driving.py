"""What the load generator is asked for, and what is made of its answers."""

import shutil

import pytest
from bench.http.driving import Failed, Request, drive
from bench.http.processes import Program

CONNECTIONS = 2

pytestmark = pytest.mark.skipif(
    shutil.which("wrk") is None, reason="there is no wrk here, as `make bench` needs"
)


async def test_a_program_that_answers_nobody_in_its_time_gets_more() -> None:
    with Program(["tests.bench.deaf", "{port}", str(CONNECTIONS)], {}, ready="/ready") as program:
        driven = await drive(program, Request("GET", ["/"], 204), seconds=1, connections=CONNECTIONS)
    assert driven.requests > 0
    assert driven.abandoned > CONNECTIONS


async def test_an_answer_that_is_a_refusal_is_a_failure() -> None:
    with (
        Program(["http.server", "{port}", "--bind", "127.0.0.1"], {}, ready="/") as program,
        pytest.raises(Failed, match=r"GET /nothing: [0-9]+ answers, [1-9][0-9]* of these refusals"),
    ):
        await drive(program, Request("GET", ["/nothing"], 200), seconds=1, connections=CONNECTIONS)
