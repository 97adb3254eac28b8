"""Progress bars on a terminal, in their own module because importing Rich is slow."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from everpost.cli.console.progress import counts_bytes
from everpost.cli.console.sizes import size_text


class _Amount(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{_amount_text(task, task.completed)}/{_amount_text(task, task.total or 0)}")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{_amount_text(task, task.speed)}/s")


def _amount_text(task: Task, number: float) -> str:
    return size_text(round(number)) if task.fields["is_size"] else f"{number:,.0f}"


@contextmanager
def showing_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Yields a function that shows the current action, the number of records done, and their total; or of
    bytes, for some phases.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), _Amount(), _Rate())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def show(action: str, done: int, total: int) -> None:
            if action not in tasks or done == 0:
                tasks[action] = progress.add_task(action, total=total, is_size=counts_bytes(action))
            progress.update(tasks[action], completed=done, total=total)

        yield show
