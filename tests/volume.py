"""How much of something a test takes: enough to show the promise, and as much as a large blog has."""

from typing import TypeVar

import pytest
from _pytest.mark.structures import ParameterSet

Volume = TypeVar("Volume")


def volumes(small: Volume, large: Volume) -> list[Volume | ParameterSet]:
    """The values of a parameter: the small one in `make test`, the large one in `make test-long`."""
    return [small, pytest.param(large, marks=pytest.mark.long)]
