"""The destination of a server's logs."""

from collections.abc import Iterator

import pytest
import structlog

from everpost.cli.server.logs import configure_logs
from everpost.settings import Settings


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    configure_logs(Settings())
    yield
    structlog.reset_defaults()


def test_what_a_client_sent_begins_no_line_and_gives_no_orders(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().error("unexpected error", path="/a\nlogin.succeeded\x1b[2J\u2028\r")
    written = capsys.readouterr()
    assert written.out == ""
    assert len(written.err.splitlines()) == 1
    assert "\x1b" not in written.err
    assert r"path=/a\nlogin.succeeded\x1b[2J\u2028\r" in written.err


def test_an_exception_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int("a")
    except ValueError:
        structlog.get_logger().exception("unexpected error")
    assert "\nValueError: invalid literal" in capsys.readouterr().err
