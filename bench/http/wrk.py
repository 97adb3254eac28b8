"""wrk, the load generator, in a separate process."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.http.processes import Program
from everpost.benchmark.client import Request
from everpost.benchmark.results import Figures
from everpost.errors import WrongAnswer

CONNECTIONS = 16
TIMEOUT = 30
"""Seconds that one answer may take."""
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Driven:
    """Figures that wrk measured."""

    requests: int
    figures: Figures
    abandoned: int
    """Requests that were under way when the time was over: the program carries them out as well."""


def find_wrk() -> str:
    """The program; ends the process if there is none."""
    found = shutil.which("wrk")
    if found is None:
        sys.exit("bench: there is no wrk here (Debian: apt-get install --no-install-recommends wrk)")
    return found


async def drive(
    program: Program,
    request: Request,
    *,
    seconds: int,
    connections: int = CONNECTIONS,
    paths: Sequence[str] = (),
) -> Driven:
    """Send the request repeatedly, on each connection as soon as the previous response has arrived; each time
    with a new text for each `{unique}` in its body and, if there are any, to a random one of the paths. Takes
    `seconds`, or longer if the machine was too busy to answer in that time.

    Raises WrongAnswer if a response has a status of 400 or above, took too long, or is missing.
    """
    abandoned = 0
    while True:
        said = await _run_wrk(program, request, paths or [target_of(request)], seconds, connections)
        try:
            seen = _read(request, said)
        except WrongAnswer as failure:
            raise WrongAnswer(f"{failure}\n{program.said()}") from None
        abandoned += connections
        if seen["requests"]:
            break
        seconds *= 2  # past TIMEOUT there is an answer, or one that did not come
    rate = seen["requests"] * 1e6 / seen["microseconds"]
    figures = Figures(rate, *(seen[name] / 1e3 for name in ("p50", "p95", "p99")))
    return Driven(int(seen["requests"]), figures, abandoned)


async def _run_wrk(
    program: Program, request: Request, paths: Sequence[str], seconds: int, connections: int
) -> str:
    """Run wrk and return its output."""
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={TIMEOUT}s", "--latency"]
    with tempfile.NamedTemporaryFile("w", prefix="everpost-bench-") as file:
        file.write("\n".join(paths))
        file.flush()
        headers = (part for header in request.headers.items() for part in header)
        process = await asyncio.create_subprocess_exec(
            *(find_wrk(), *options, "-s", str(_SCRIPT), program.address),
            *("--", request.method, file.name, request.body.decode(), *headers),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return (await process.communicate())[0].decode()


def _read(request: Request, said: str) -> Mapping[str, float]:
    """Parse the last line of wrk's output. Raises WrongAnswer."""
    *_, last = said.strip().splitlines() or [""]
    try:
        seen: dict[str, float] = json.loads(last)
    except ValueError:
        raise WrongAnswer(f"wrk failed: {said}") from None
    if seen["refused"] or seen["broken"]:
        raise WrongAnswer(
            f"{request.method} {request.path}: {seen['requests']} answers, {seen['refused']} of these "
            f"refusals; {seen['broken']} did not come"
        )
    return seen


def target_of(request: Request) -> str:
    """The path of a request with its query."""
    return f"{request.path}?{request.query}" if request.query else request.path


def open_client(program: Program) -> httpx.AsyncClient:
    """A client in this process. It loads no certificates, which would take longer than a request."""
    return httpx.AsyncClient(base_url=program.address, timeout=TIMEOUT, verify=False)


async def ask_once(client: httpx.AsyncClient, request: Request, *, unique: str) -> httpx.Response:
    """Send the request once, and return the response. Raises WrongAnswer if its status is unexpected, or
    there is none.
    """
    try:
        answer = await client.request(
            request.method,
            target_of(request),
            headers=dict(request.headers),
            content=request.body.replace(b"{unique}", unique.encode()) or None,
        )
    except httpx.TransportError as error:
        raise WrongAnswer(f"{request.method} {request.path} was not answered: {error!r}") from None
    request.require_expected(answer.status_code, answer.content)
    return answer


def describe_wrk() -> str:
    """The version of wrk: `wrk -v` prints it before its usage, and exits as after an error."""
    said = subprocess.run([find_wrk(), "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:2])
