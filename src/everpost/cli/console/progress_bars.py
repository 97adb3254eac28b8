"""Progress bars on a terminal, in their own module because importing Rich is slow."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s")


@contextmanager
def showing_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Yields a function that shows the current action, the number of records done, and their total."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def show(action: str, done: int, total: int) -> None:
            if action not in tasks or done == 0:
                tasks[action] = progress.add_task(action, total=total)
            progress.update(tasks[action], completed=done, total=total)

        yield show
