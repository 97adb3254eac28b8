"""The caller's environment: tests see only its `EVERPOST_TEST_*` variables."""

from collections.abc import MutableMapping

_ETAG_CONTENT, _OF_TESTS = "EVERPOST_", "EVERPOST_TEST_"
_PREFIXES = ("PG", "MYSQL", "MARIADB", "MONGO", "UVICORN_", "GRANIAN_", "OTEL_", "SSL_CERT_", "AWS_")
"""Of variables that drivers and servers read."""
_NAMES = frozenset(
    {
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("DATABASE_URL", "WEB_CONCURRENCY", "PORT", "SSLKEYLOGFILE"),
        *("FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "PY_COLORS", "COLUMNS", "LINES", "TERMINAL_WIDTH"),
    }
)


def strip(environment: MutableMapping[str, str]) -> None:
    """Remove variables that would change how Everpost, a driver, a server or a command behaves."""
    for name in list(environment):
        upper = name.upper()
        is_ours = upper.startswith(_ETAG_CONTENT) and not upper.startswith(_OF_TESTS)
        if is_ours or upper.startswith(_PREFIXES) or upper in _NAMES:
            del environment[name]
