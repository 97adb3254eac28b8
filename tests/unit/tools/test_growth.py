"""The measure of growing costs distinguishes linear from quadratic."""

import re
from collections.abc import Callable

import pytest

from tests.growth import assert_cost_grows_no_faster_than_size


def text_of(size: int) -> str:
    return "<" * size


@pytest.mark.parametrize(
    "run",
    [
        lambda _: None,
        lambda text: [ord(each) + 1 for each in text],
        lambda text: sorted(hash((number, each)) for number, each in enumerate(text)),
    ],
    ids=["constant", "linear", "n log n"],
)
def test_cost_that_grows_with_size_passes(run: Callable[[str], object]) -> None:
    assert_cost_grows_no_faster_than_size(text_of, run, size=20_000)


def test_cost_that_grows_with_the_square_fails() -> None:
    with pytest.raises(AssertionError, match="4 times the size costs"):
        assert_cost_grows_no_faster_than_size(text_of, lambda text: re.findall("<+>", text))
