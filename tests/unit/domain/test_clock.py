"""Time: aware, UTC, whole milliseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.clock import (
    EARLIEST,
    EPOCH,
    LATEST,
    from_milliseconds,
    now,
    to_milliseconds,
    whole_milliseconds,
)

MILLISECONDS = st.integers(to_milliseconds(EARLIEST), to_milliseconds(LATEST))
OFFSETS = st.timedeltas(timedelta(hours=-23, minutes=-59), timedelta(hours=23, minutes=59)).map(timezone)


def test_now_is_in_utc_and_whole_milliseconds() -> None:
    before = datetime.now(UTC)
    moment = now()
    assert before - timedelta(milliseconds=1) < moment <= datetime.now(UTC)
    assert moment.tzinfo is UTC
    assert moment.microsecond % 1000 == 0


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=OFFSETS))  # noqa: DTZ001 - aware
def test_a_time_is_truncated_to_milliseconds(moment: datetime) -> None:
    kept = whole_milliseconds(moment)
    assert kept.tzinfo is UTC
    assert kept.microsecond % 1000 == 0
    assert timedelta(0) <= moment - kept < timedelta(milliseconds=1)
    assert whole_milliseconds(kept) == kept


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(minutes=1))),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(minutes=-1))),
    ],
)
def test_a_moment_outside_the_years_of_utc_overflows(moment: datetime) -> None:
    with pytest.raises(OverflowError):
        whole_milliseconds(moment)


@given(MILLISECONDS)
def test_milliseconds_lead_back_to_their_moment(milliseconds: int) -> None:
    moment = from_milliseconds(milliseconds)
    assert moment.tzinfo is UTC
    assert to_milliseconds(moment) == milliseconds
    assert whole_milliseconds(moment) == moment


@given(MILLISECONDS, MILLISECONDS)
def test_milliseconds_are_ordered_as_their_moments(one: int, other: int) -> None:
    assert (one < other) == (from_milliseconds(one) < from_milliseconds(other))


def test_milliseconds_are_counted_from_1970() -> None:
    assert to_milliseconds(EPOCH) == 0
    assert to_milliseconds(EPOCH - timedelta(milliseconds=1)) == -1
    assert to_milliseconds(EARLIEST) == -62_135_596_800_000
    assert to_milliseconds(LATEST) == 253_402_300_799_999


@pytest.mark.parametrize("milliseconds", [-62_135_596_800_001, 253_402_300_800_000, 10**30, -(10**30)])
def test_milliseconds_outside_the_years_1_to_9999_overflow(milliseconds: int) -> None:
    with pytest.raises(OverflowError):
        from_milliseconds(milliseconds)
