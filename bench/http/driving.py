"""wrk, the load generator, in a process of its own."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.http.processes import Program

CONNECTIONS = 16
TIMEOUT = 30
"""Seconds that one answer may take."""
_SCRIPT = Path(__file__).with_name("driving.lua")


class Failed(Exception):
    """A request was not answered as it must be."""


@dataclass(frozen=True)
class Request:
    """What is sent, to one of the paths by chance; `{unique}` in the body is another text each time."""

    method: str
    paths: Sequence[str]
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Driven:
    """What wrk saw; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    abandoned: int
    """Requests that were under way when the time was over: the program carries them out as well."""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def find_wrk() -> str:
    """The program; the process ends where there is none."""
    found = shutil.which("wrk")
    if found is None:
        sys.exit("bench: there is no wrk here (Debian: apt-get install --no-install-recommends wrk)")
    return found


async def drive(
    program: Program, request: Request, *, seconds: int, connections: int = CONNECTIONS
) -> Driven:
    """Send the request again and again, on each connection as soon as the one before it is answered: for so
    many seconds, or for longer where the machine was so busy that no answer came in them.

    Failed: an answer had a status of 400 or more, took too long, or did not come at all.
    """
    abandoned = 0
    while True:
        said = await _run_wrk(program, request, seconds, connections)
        try:
            seen = _read(request, said)
        except Failed as failure:
            raise Failed(f"{failure}\n{program.said()}") from None
        abandoned += connections
        if seen["requests"]:
            break
        seconds *= 2  # past TIMEOUT there is an answer, or one that did not come
    return Driven(
        requests=int(seen["requests"]),
        seconds=seen["microseconds"] / 1e6,
        p50=seen["p50"] / 1e3,
        p99=seen["p99"] / 1e3,
        abandoned=abandoned,
    )


async def _run_wrk(program: Program, request: Request, seconds: int, connections: int) -> str:
    """What it printed."""
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={TIMEOUT}s", "--latency"]
    with tempfile.NamedTemporaryFile("w", prefix="everpost-bench-") as paths:
        paths.write("\n".join(request.paths))
        paths.flush()
        headers = (part for header in request.headers.items() for part in header)
        process = await asyncio.create_subprocess_exec(
            *(find_wrk(), *options, "-s", str(_SCRIPT), program.address),
            *("--", request.method, paths.name, request.body, *headers),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return (await process.communicate())[0].decode()


def _read(request: Request, said: str) -> Mapping[str, float]:
    """The last line of what wrk printed. Failed."""
    *_, last = said.strip().splitlines() or [""]
    try:
        seen: dict[str, float] = json.loads(last)
    except ValueError:
        raise Failed(f"wrk failed: {said}") from None
    if seen["refused"] or seen["broken"]:
        raise Failed(
            f"{request.method} {request.paths[0]}: {seen['requests']} answers, {seen['refused']} of these "
            f"refusals; {seen['broken']} did not come"
        )
    return seen


def open_client(program: Program) -> httpx.AsyncClient:
    """A client of this program. It loads no certificates, which takes longer than a request."""
    return httpx.AsyncClient(base_url=program.address, timeout=TIMEOUT, verify=False)


async def ask_once(client: httpx.AsyncClient, request: Request, *, unique: str) -> httpx.Response:
    """The answer to one such request. Failed: its status is another one than it must be, or none came."""
    try:
        answer = await client.request(
            request.method,
            request.paths[0],
            headers=dict(request.headers),
            content=request.body.replace("{unique}", unique) or None,
        )
    except httpx.TransportError as error:
        raise Failed(f"{request.method} {request.paths[0]} was not answered: {error!r}") from None
    if answer.status_code != request.status:
        raise Failed(
            f"{request.method} {request.paths[0]} was answered {answer.status_code}, not {request.status}: "
            f"{answer.text[:1000]}"
        )
    return answer
