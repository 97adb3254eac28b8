"""The sizes of tests: large enough to show the promise, or as large as a large blog."""

import os
from typing import TypeVar

import pytest
from _pytest.mark.structures import ParameterSet

Volume = TypeVar("Volume")

FUZZ = int(os.environ.get("EVERPOST_TEST_FUZZ", "0"))
"""How many times as many examples are drawn as in `make test`, new ones; 0: its own, the same each time."""

FAILOVERS = int(os.environ.get("EVERPOST_TEST_FAILOVERS", "1"))
"""How many times each database fails over in each way."""


def volumes(small: Volume, large: Volume) -> list[Volume | ParameterSet]:
    """The values of a parameter: the small one in `make test`, the large one in `make test-long`."""
    return [small, pytest.param(large, marks=pytest.mark.long)]


def examples(count: int) -> int:
    """The number of examples, for a test that draws this many in `make test`."""
    return count * (FUZZ or 1)
