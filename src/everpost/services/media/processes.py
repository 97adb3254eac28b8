"""Media, cleaned and resized in a child process."""

import structlog

from everpost.errors import Busy
from everpost.media.limits import Limits
from everpost.media.refusals import Refused, TooCostly
from everpost.media.results import CleanFile, Variant
from everpost.services.child_processes.pool import ProcessPool
from everpost.services.child_processes.process import ChildProcess, CutOff
from everpost.services.media.messages import read_clean, read_failure, read_variants, write_file, write_upload

PROCESSES = 1
"""The number of processes: pictures wait for each other, so that requests do not wait for pictures."""
MAX_SECONDS = 20.0
"""CPU time for one file: several times what the largest picture takes."""
_MAX_WAIT = 120.0
"""Seconds after which a process is killed, whether or not the system counts its CPU time."""
_LARGE = 1_000_000
"""A file of more bytes than this ends its process afterwards, to release the memory."""


class MediaProcess(ChildProcess):
    """A child process that cleans and resizes files."""

    def __init__(self) -> None:
        super().__init__("everpost.services.media.worker")


class MediaProcesses:
    """Cleans and resizes files in child processes, which are started when they are needed."""

    def __init__(self, *, most: int = PROCESSES, seconds: float = MAX_SECONDS) -> None:
        """`seconds`: of CPU time for one file."""
        self._pool = ProcessPool(MediaProcess, name="media", most=most, max_wait=_MAX_WAIT)
        self._seconds = seconds

    async def clean(self, data: bytes, limits: Limits) -> CleanFile:
        """The file without metadata (see `media.cleaner.clean`). Raises a `Refused`; or Busy, if the process
        was lost, or could not be started.
        """
        limits.check_size(len(data))
        return read_clean(await self._answer(write_upload(data, limits), len(data)))

    async def variants(self, file: CleanFile) -> tuple[Variant, ...]:
        """Resized copies (see `media.variants.variants_of`). Raises a `Refused` or Busy, like `clean`."""
        return read_variants(await self._answer(write_file(file), file.size))

    def close(self) -> None:
        """End the processes; the next use starts them again."""
        self._pool.close()

    async def _answer(self, message: bytes, size: int) -> bytes:
        def call(process: MediaProcess) -> bytes | CutOff:
            return process.call(message, self._seconds)

        try:
            answer = await self._pool.run(call, keep=size < _LARGE)
        except OSError as error:
            answer = CutOff(f"no process could be started: {error.strerror}", is_certain=False)
        if isinstance(answer, CutOff):
            _log(answer.reason, size)
            if answer.is_certain:
                raise TooCostly(f"Reading this file takes too much {answer.reason}.")
            raise Busy("The file could not be processed. Try again.")
        if (place := read_failure(answer)) is not None:
            _log(place, size)
            raise Refused("This file cannot be read.")
        return answer


def _log(reason: str, size: int) -> None:
    structlog.get_logger("everpost").warning("media_not_processed", reason=reason, bytes=size)
