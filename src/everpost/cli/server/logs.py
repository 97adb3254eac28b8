"""Where a process that serves writes what happens: standard error, a line for each event."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from everpost.settings import Settings

SERVER_LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s [%(levelname)s] %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
}
"""The same for Granian, whose own goes to standard output."""


def configure_logs(settings: Settings) -> None:
    """Let structlog write to standard error, from the level of the settings on."""
    structlog.configure(
        processors=[
            _on_one_line,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level.upper()]
        ),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _on_one_line(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Escape what would begin another line, or give orders to a terminal: a path is what a client sent."""
    return {
        name: value if not isinstance(value, str) or value.isprintable() else _escaped(value)
        for name, value in event.items()
    }


def _escaped(text: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
