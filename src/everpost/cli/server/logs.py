"""The logs of a server process: on standard error, one line for each event."""

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
"""Granian's logging configuration; by default it logs to standard output."""


def configure_logs(settings: Settings) -> None:
    """Configure structlog to write to standard error, with the log level of the settings."""
    structlog.configure(
        processors=[
            _escape_control_characters,
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


def _escape_control_characters(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Escape line breaks and terminal control characters, which a client can send in a path, for example."""
    return {
        name: value if not isinstance(value, str) or value.isprintable() else _escaped(value)
        for name, value in event.items()
    }


def _escaped(text: str) -> str:
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
