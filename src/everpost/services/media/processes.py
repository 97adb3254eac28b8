"""Media, cleaned and resized in a child process."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from everpost.errors import Busy
from everpost.media.limits import Limits
from everpost.media.refusals import Refused, TooCostly
from everpost.media.results import CleanFile, Variant
from everpost.services.child_processes.pool import ProcessPool
from everpost.services.child_processes.process import ChildProcess, CutOff
from everpost.services.media.messages import read_clean, read_failure, read_variants, write_file, write_upload

Result = TypeVar("Result")
PROCESSES = 1
"""The number of processes: pictures wait for each other, so that requests do not wait for pictures."""
MAX_SECONDS = 20.0
"""CPU time for one file: several times what the largest picture takes."""
_MAX_WAIT = 120.0
"""Seconds after which a process is killed, whether or not the system counts its CPU time."""
_LOST = "The file could not be processed. Try again."
_LARGE = 10_000_000
"""A file of more bytes than this ends its process afterwards, to release the memory. Smaller ones leave about
50 MB, and starting a process takes longer than cleaning them.
"""


class MediaProcess(ChildProcess):
    """A child process that cleans and resizes files. Its methods raise a `Refused`; or Busy, if the process
    was lost.
    """

    def __init__(self) -> None:
        super().__init__("everpost.services.media.worker")

    def clean(self, data: bytes, limits: Limits, seconds: float) -> CleanFile:
        """The file without metadata (see `media.cleaner.clean`), within this much CPU time."""
        return read_clean(self._answer(write_upload(data, limits), seconds))

    def variants(self, file: CleanFile, seconds: float) -> tuple[Variant, ...]:
        """Resized copies (see `media.variants.variants_of`), within this much CPU time."""
        return read_variants(self._answer(write_file(file), seconds))

    def _answer(self, message: bytes, seconds: float) -> bytes:
        answer = self.call(message, seconds)
        if isinstance(answer, CutOff):
            _log(answer.reason, message)
            if answer.is_certain:
                raise TooCostly(f"Reading this file takes too much {answer.reason}.")
            raise Busy(_LOST)
        if (place := read_failure(answer)) is not None:
            _log(place, message)
            raise Refused("This file cannot be read.")
        return answer


class MediaProcesses:
    """A pool of processes, which are started when they are needed. Its methods raise a `Refused`; or Busy, if
    a process was lost or could not be started. They do not block the event loop.
    """

    def __init__(self, *, most: int = PROCESSES, seconds: float = MAX_SECONDS) -> None:
        """`seconds`: of CPU time for one file."""
        self._pool = ProcessPool(MediaProcess, name="media", most=most, max_wait=_MAX_WAIT)
        self._seconds = seconds

    async def clean(self, data: bytes, limits: Limits) -> CleanFile:
        """The file without metadata (see `media.cleaner.clean`)."""
        limits.check_size(len(data))
        return await self._run(lambda process: process.clean(data, limits, self._seconds), len(data))

    async def variants(self, file: CleanFile) -> tuple[Variant, ...]:
        """Resized copies (see `media.variants.variants_of`)."""
        return await self._run(lambda process: process.variants(file, self._seconds), file.size)

    def close(self) -> None:
        """End the processes; the next use starts them again."""
        self._pool.close()

    async def _run(self, job: Callable[[MediaProcess], Result], size: int) -> Result:
        try:
            return await self._pool.run(job, keep=size < _LARGE)
        except OSError as error:
            structlog.get_logger("everpost").warning("media_process_not_started", reason=error.strerror)
            raise Busy(_LOST) from error


def _log(reason: str, message: bytes) -> None:
    structlog.get_logger("everpost").warning("media_not_processed", reason=reason, bytes=len(message))
