"""Time zones, and local times in them."""

from datetime import UTC, datetime

import pytest

from everpost.errors import Invalid
from everpost.transfer.importers.formats.time_zones import localized, zone_named


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("2024-01-31T10:00", "2024-01-31T09:00"),
        ("2024-07-31T10:00", "2024-07-31T08:00"),
        ("2024-03-31T01:59", "2024-03-31T00:59"),
        ("2024-03-31T02:30", "2024-03-31T01:30"),  # skipped: 03:30 in summer time
        ("2024-10-27T02:30", "2024-10-27T00:30"),  # ambiguous: the first
        ("2024-10-27T03:00", "2024-10-27T02:00"),
        ("2024-01-31T10:00+05:00", "2024-01-31T05:00"),
    ],
)
def test_an_ambiguous_or_skipped_local_time_is_one_instant(shown: str, moment: str) -> None:
    found = localized(datetime.fromisoformat(shown), zone_named("Europe/Berlin"))
    assert found.astimezone(UTC) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("europe/berlim", "'Europe/Berlin'"),
        ("Berlin", "'Europe/Berlin'"),
        ("New York", "'America/New_York'"),
        ("CET-1", ""),
        ("../../etc/passwd", ""),
        ("", ""),
        ("/", ""),
        ("Europe/", ""),
        ("x" * 10_000, ""),
    ],
)
def test_an_unknown_zone_is_refused(name: str, suggestion: str) -> None:
    with pytest.raises(Invalid, match=f"unknown time zone.*{suggestion}") as raised:
        zone_named(name)
    assert len(raised.value.message) < 200


@pytest.mark.parametrize("name", ["UTC", "utc", "GMT", "Asia/Kolkata", "America/Argentina/Buenos_Aires"])
def test_a_zone_of_the_database_is_found(name: str) -> None:
    assert zone_named(name).utcoffset(datetime(2024, 1, 1)) is not None  # noqa: DTZ001
