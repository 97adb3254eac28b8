"""Child processes, each of which renders one job after another."""

from dataclasses import dataclass

from everpost.services.child_processes.pool import ProcessPool
from everpost.services.child_processes.process import ChildProcess, CutOff
from everpost.services.rendering.messages import Job, Rendered, read_rendered, write_job

PROCESSES = 2
"""The number of processes: more than one, so that a hostile text does not block the others."""
MAX_SECONDS = 2.0
_LARGE = 200_000
"""Content of more characters than this ends its process afterwards, to release the memory."""


def seconds_for(characters: int) -> float:
    """The limit of CPU time for content of this length: ten times what ordinary content takes."""
    return min(MAX_SECONDS, 0.3 + characters / 100_000)


@dataclass(frozen=True, slots=True)
class NotRendered:
    """The content was not rendered. If `is_certain`, another attempt would fail, too."""

    reason: str
    is_certain: bool


class RenderingProcess(ChildProcess):
    """A child process that renders."""

    def __init__(self) -> None:
        super().__init__("everpost.services.rendering.worker")

    def render(self, job: Job, seconds: float) -> Rendered | NotRendered:
        """Render the content, within this much CPU time."""
        answer = self.call(write_job(job), seconds)
        if isinstance(answer, CutOff):
            return NotRendered(answer.reason, answer.is_certain)
        rendered = read_rendered(answer, job)
        return NotRendered(rendered, is_certain=True) if isinstance(rendered, str) else rendered


class RenderingProcesses:
    """A pool of processes, which are started when they are needed."""

    def __init__(self, most: int = PROCESSES) -> None:
        self._pool = ProcessPool(RenderingProcess, name="rendering", most=most)

    async def render(self, job: Job, seconds: float) -> Rendered | NotRendered:
        """Render the content in one of the processes. Raises OSError if none can be started."""
        keep = len(job.content) < _LARGE
        return await self._pool.run(lambda process: process.render(job, seconds), keep=keep)

    def close(self) -> None:
        """End idle processes now, and busy ones after their jobs. The next job starts a new one."""
        self._pool.close()
