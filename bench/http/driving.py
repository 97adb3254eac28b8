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
    """Send the request again and again, on each connection as soon as the one before it is answered.

    Failed: an answer had a status of 400 or more, took too long, or did not come at all.
    """
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
        said = (await process.communicate())[0].decode()
    try:
        return _read(request, said)
    except Failed as failure:
        raise Failed(f"{failure}\n{program.said()}") from None


def _read(request: Request, said: str) -> Driven:
    """What wrk printed. Failed."""
    *_, last = said.strip().splitlines() or [""]
    try:
        seen = json.loads(last)
    except ValueError:
        raise Failed(f"wrk failed: {said}") from None
    if seen["refused"] or seen["broken"] or not seen["requests"]:
        raise Failed(
            f"{request.method} {request.paths[0]}: {seen['requests']} answers, {seen['refused']} of these "
            f"refusals; {seen['broken']} did not come"
        )
    return Driven(
        requests=seen["requests"],
        seconds=seen["microseconds"] / 1e6,
        p50=seen["p50"] / 1e3,
        p99=seen["p99"] / 1e3,
    )


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
