"""The time limit of `make fuzz`."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.fuzzing import limited

quick = settings(
    max_examples=50,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


def item_of(test: object) -> pytest.Item:
    """A test as pytest would run it."""
    return SimpleNamespace(obj=test)  # type: ignore[return-value]


@pytest.mark.parametrize(("seconds", "most"), [(60, 50), (-1, 0)])
def test_examples_are_run_until_the_time_is_over(seconds: float, most: int) -> None:
    run: list[int] = []

    @quick
    @given(st.integers())
    def test(number: int) -> None:
        assume(number != 1)
        run.append(number)

    with limited(item_of(test), seconds):
        test()
    assert len(run) == most
    test()
    assert len(run) == most + 50


def test_a_failure_is_reduced_after_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    passed, found = 0.0, []
    monkeypatch.setattr("tests.fuzzing.monotonic", lambda: passed)

    @quick
    @given(st.integers(min_value=0))
    def test(number: int) -> None:
        nonlocal passed
        found.append(number)
        if number > 100:
            passed = 1000
            raise ValueError(number)

    with limited(item_of(test), 60), pytest.raises(ValueError, match="101"):
        test()
    assert 101 in found


async def test_coroutines_are_limited_too() -> None:
    run: list[int] = []

    @quick
    @given(st.integers())
    async def test(number: int) -> None:
        run.append(number)

    with limited(item_of(test), -1):
        await test.hypothesis.inner_test(1)  # type: ignore[attr-defined]  # set by Hypothesis
    assert run == []
    with limited(item_of(test), 60):
        await test.hypothesis.inner_test(1)  # type: ignore[attr-defined]
    assert run == [1]


def test_other_tests_are_left_alone() -> None:
    with limited(item_of(len), 60):
        pass
