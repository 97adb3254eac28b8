"""Dates in the forms that people and programs write."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.transfer.importers.formats.dates import ParsedDate, parse_date, parse_datetime


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31T09:00:00Z",
        "2024-01-31T09:00:00.000000000Z",
        "2024-01-31 10:00:00 +0100",
        "2024-01-31 10:00:00+01:00",
        "2024-01-31 10:00 +01",
        "2024-01-31 10:00:00 +0100 CET",
        "2024/1/31 9:00 UTC",
        "2024-01-31 09:00 AM GMT",
        "Wed, 31 Jan 2024 10:00:00 +0100",
        "31 Jan 2024 04:00:00 EST",
        "2024-01-31 04:00:00 EST",
        "2024-01-31 04:00 est",
        "Wed, 31 Jan 2024 04:00:00 EST",
        "2024-01-31 10:00 CET",
        "2024-01-31 18:00:00 JST",
        "2024-01-31 10:00:00 Europe/Berlin",
        "2024-01-31T10:00:00+01:00[Europe/Berlin]",
        "Wed Jan 31 2024 10:00:00 GMT+0100 (Central European Standard Time)",
        "Wed Jan 31 2024 01:00:00 GMT-0800 (PST)",
        "2024-01-31 11:00:00 UTC+02:00",
        "Wed Jan 31 10:00:00 CET 2024",
        "Wed Jan 31 10:00:00 +0100 2024",
        "Wednesday, 31 January 2024, 09:00 GMT",
        "1706691600",
    ],
)
def test_a_date_with_an_offset(text: str) -> None:
    assert parse_datetime(text) == datetime.fromisoformat("2024-01-31T09:00:00Z")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31", "2024-01-31"),
        ("2024.1.5", "2024-01-05"),
        ("2024-01-31 10", "2024-01-31T10:00"),
        ("2024-01-31 12:05 am", "2024-01-31T00:05"),
        ("2024-01-31 10:05 p.m.", "2024-01-31T22:05"),
        ("2016-12-31 23:59:60", "2016-12-31T23:59:59"),
        ("2024-01-31T10:00:00.123456789", "2024-01-31T10:00:00.123456"),
        ("31 January 2024", "2024-01-31"),
        ("January 31, 2024", "2024-01-31"),
        ("Jan 31, 2024 10:05", "2024-01-31T10:05"),
        ("January 31st, 2024", "2024-01-31"),
        ("2010-12-03_10:20", "2010-12-03T10:20"),
        ("31.1.2024", "2024-01-31"),
        ("1/31/2024", "2024-01-31"),
        ("20240131", "2024-01-31"),
    ],
)
def test_a_date_without_an_offset(text: str, moment: str) -> None:
    assert parse_datetime(text) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "1/2/2024",
        "2024-02-30",
        "2024-01-31 25:00",
        "2024-01-31 10:00 +99:00",
        "2024-01-31 10:00 +10:60",
        "12",
        "2024-01-31 10:00 XYZ",
        "2024-01-31 " + " " * 100 + "10:00",
    ],
)
def test_other_text_is_not_a_date(text: str) -> None:
    assert parse_datetime(text) is None


@pytest.mark.parametrize("zone", ["XYZ", "IST", "(India Standard Time)", "Europe/Nowhere"])
def test_an_unknown_time_zone_is_reported(zone: str) -> None:
    written = parse_date(f"2024-01-31 10:00:00 {zone}")
    assert written == ParsedDate(datetime(2024, 1, 31, 10), zone.strip("()"))  # noqa: DTZ001


@given(
    st.datetimes(timezones=st.none() | st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))))
)
def test_iso_dates_of_python_are_read(moment: datetime) -> None:
    assert parse_datetime(str(moment)) == moment
    assert parse_datetime(moment.isoformat()) == moment


@given(st.text())
def test_no_text_raises(text: str) -> None:
    parse_datetime(text)
    parse_datetime(f"2024-01-31 {text}")
