"""Counts the steps of Python code, which are the same on a busy machine."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Steps:
    """The lines that this thread executes, and its calls of functions written in C."""

    def __init__(self) -> None:
        self.count = 0

    def trace(self, _frame: FrameType, event: str, _arg: object) -> Any:  # noqa: ANN401 - as `sys.settrace` has it
        self.count += event == "line"
        return self.trace

    def profile(self, _frame: FrameType, event: str, _arg: object) -> None:
        self.count += event == "c_call"


@contextmanager
def counted() -> Iterator[Steps]:
    """Count the steps inside."""
    steps, before = Steps(), (sys.gettrace(), sys.getprofile())
    sys.setprofile(steps.profile)
    sys.settrace(steps.trace)
    try:
        yield steps
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
