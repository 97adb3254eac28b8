"""Progress of long commands, on standard error: a bar on a terminal, otherwise a line every 5 seconds."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from everpost.cli.console.sizes import size_text
from everpost.transfer.copy.operations import Phase

Show = Callable[[str, int, int], None]
"""Shows the current action, the number of records done, and their total; or of bytes, for some phases."""

_UPDATE_EVERY = 256
"""The number of records between two updates."""
_LINE_EVERY = 5.0
"""Seconds."""


@contextmanager
def showing_progress() -> Iterator[Show]:
    """Yields a function that shows progress. It may be called for every record: most calls print nothing."""
    if sys.stderr.isatty():
        from everpost.cli.console.progress_bars import showing_bars

        with showing_bars() as show:
            yield _throttled(show)
    else:
        yield _throttled(_ProgressLines().show)


def _throttled(show: Show) -> Show:
    shown = 0

    def throttled(action: str, done: int, total: int) -> None:
        nonlocal shown
        if not shown <= done < shown + _UPDATE_EVERY or done in {0, total}:
            shown = done
            show(action, done, total)

    return throttled


class _ProgressLines:
    def __init__(self) -> None:
        self._action = ""
        self._since = self._shown = 0.0

    def show(self, action: str, done: int, total: int) -> None:
        moment = time.monotonic()
        if action != self._action or done == 0:
            self._action, self._since, self._shown = action, moment, moment
        elif moment - self._shown >= _LINE_EVERY or done == total:
            self._shown = moment
            is_size = counts_bytes(action)
            text = _progress_text(done, total, moment - self._since, is_size=is_size)
            typer.echo(f"{action}: {text}", err=True)


def counts_bytes(action: str) -> bool:
    """Whether the progress of an action is counted in bytes."""
    return isinstance(action, Phase) and action.is_about_files


def _progress_text(done: int, total: int, seconds: float, *, is_size: bool) -> str:
    """The number of records or bytes done, their rate and the remaining time."""
    far = f"{size_text(done)} of {size_text(total)}" if is_size else f"{done:,} of {total:,} records"
    if not done or not seconds:
        return far
    rate = done / seconds
    left = "" if done >= total else f", {(total - done) / rate:,.0f} s left"
    return f"{far}, {size_text(round(rate)) if is_size else f'{rate:,.0f}'}/s{left}"
