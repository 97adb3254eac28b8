"""The log lines of security events, and the limit on their number."""

import asyncio
import re
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from everpost.services import security_events
from everpost.services.security_events import (
    EVENTS,
    EVENTS_OMITTED,
    LOGIN_FAILED,
    MOST_IN_WINDOW,
    TOKEN_REFUSED,
    TOKEN_REVOKED,
    WINDOW,
    Event,
    Throttle,
    keep_quiet,
    record,
    record_bounded,
)

PAGE = Path(__file__).parents[3] / "docs" / "security-events.md"


def test_the_documented_table_has_every_event_with_its_level_and_fields() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\w+) \| ([^|]*) \|", PAGE.read_text(), re.MULTILINE)
    documented = [(name, level, tuple(re.findall(r"`(\w+)`", fields))) for name, level, fields in rows]
    assert documented == [(each.name, each.level, each.fields) for each in EVENTS]


def test_an_event_is_logged_with_its_level_and_fields() -> None:
    with capture_logs() as lines:
        record(TOKEN_REVOKED, token="1", by="2")
    assert lines == [{"event": "token.revoked", "log_level": "info", "token": "1", "by": "2"}]


def test_a_field_that_is_not_in_the_table_is_never_logged() -> None:
    with capture_logs() as lines, pytest.raises(AssertionError):
        record(TOKEN_REVOKED, token="1", by="2", secret="3")
    assert lines == []


class Clock:
    moment = 0.0

    def __call__(self) -> float:
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(security_events, "_throttle", Throttle(clock))
    return clock


def test_what_anyone_can_cause_is_logged_once_a_minute_and_counted(clock: Clock) -> None:
    with capture_logs() as lines:
        for _ in range(2):
            for _ in range(1_000):
                record_bounded(TOKEN_REFUSED, "1", token="1", user="2")
            record_bounded(TOKEN_REFUSED, "3", token="3", user="2")
            clock.moment += WINDOW
    refused = {"event": TOKEN_REFUSED.name, "log_level": "warning", "user": "2"}
    omitted = {
        "event": EVENTS_OMITTED.name, "log_level": "warning", "omitted": TOKEN_REFUSED.name, "count": 999
    }  # fmt: skip
    minute = [{**refused, "token": "1"}, {**refused, "token": "3"}]
    assert lines == [*minute, omitted, *minute]


@pytest.mark.usefixtures("clock")
def test_what_was_omitted_is_logged_when_nothing_follows() -> None:
    with capture_logs() as lines:
        for _ in range(3):
            record_bounded(TOKEN_REFUSED, "1", token="1", user="2")
        security_events.flush()
        security_events.flush()
    assert [each.get("count") for each in lines] == [None, 2]


async def test_what_was_omitted_is_logged_at_the_end_of_the_minute(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: asyncio.Queue[object] = asyncio.Queue()
    with capture_logs() as lines:
        record_bounded(TOKEN_REFUSED, "1", token="1", user="2")
        clock.moment += WINDOW - 0.01
        record_bounded(TOKEN_REFUSED, "1", token="1", user="2")
        assert len(lines) == 1

        def note(event: Event, **fields: object) -> None:
            logged.put_nowait((event, fields["count"]))

        monkeypatch.setattr(security_events, "record", note)
        assert await asyncio.wait_for(logged.get(), timeout=10) == (EVENTS_OMITTED, 1)


def test_a_thousand_strangers_do_not_fill_a_log(clock: Clock) -> None:
    with capture_logs() as lines:
        for number in range(1_000):
            record_bounded(TOKEN_REFUSED, str(number), token=str(number), user="2")
            record_bounded(LOGIN_FAILED, str(number), user=str(number), address=None)
        clock.moment += WINDOW
        record_bounded(LOGIN_FAILED, "", user=None, address=None)
    assert len(lines) == 2 * MOST_IN_WINDOW + 2 + 1


def test_a_command_keeps_quiet() -> None:
    import contextvars

    def command() -> None:
        keep_quiet()
        record(TOKEN_REVOKED, token="1", by="2")

    with capture_logs() as lines:
        contextvars.copy_context().run(command)
    assert lines == []
