"""TLS options for MySQL and MariaDB, under the names that the various clients use."""

import ssl
from dataclasses import dataclass
from enum import IntEnum

from everpost.errors import Misconfigured


class _Level(IntEnum):
    PLAIN = 0
    PREFERRED = 1
    ENCRYPTED = 2
    TRUSTED = 3
    IDENTIFIED = 4


# https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode
_MODES = {
    "disabled": _Level.PLAIN,
    "disable": _Level.PLAIN,
    "preferred": _Level.PREFERRED,
    "prefer": _Level.PREFERRED,
    "required": _Level.ENCRYPTED,
    "require": _Level.ENCRYPTED,
    "verify_ca": _Level.TRUSTED,
    "verify_identity": _Level.IDENTIFIED,
    "verify_full": _Level.IDENTIFIED,
}
_SWITCHES = {
    "ssl": _Level.ENCRYPTED,
    "tls": _Level.ENCRYPTED,
    "ssl_verify_cert": _Level.TRUSTED,
    "ssl_verify_identity": _Level.IDENTIFIED,
    "ssl_check_hostname": _Level.IDENTIFIED,
}
_TRUE = frozenset({"", "1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Tls:
    """The encryption of a connection to MySQL or MariaDB."""

    context: ssl.SSLContext | None
    """None if the connection is not encrypted."""
    is_optional: bool = False
    """Whether to connect without TLS if the server does not offer it."""
    is_verified: bool = False
    """Whether the server is authenticated: by its name, or by authorities that the URL names."""


def tls_of(options: dict[str, str], *, is_local: bool) -> Tls:
    """Remove the TLS options of a URL and return their meaning; the strictest one wins. Without any, TLS is
    used if the server offers it, as by MySQL's own clients, but not to a server on this machine (`is_local`).
    Raises Misconfigured.
    """
    is_said = any(name in options for name in ("ssl_mode", "sslmode", *_SWITCHES))
    authorities = options.pop("ssl_ca", None)
    certificate, key = options.pop("ssl_cert", None), options.pop("ssl_key", None)
    levels = [_mode(options.pop(name, "disabled")) for name in ("ssl_mode", "sslmode")]
    if authorities is not None:
        levels.append(_Level.TRUSTED if _is_lenient(options, levels) else _Level.IDENTIFIED)
    if certificate is not None:
        levels.append(_Level.ENCRYPTED)
    levels += [level for name, level in _SWITCHES.items() if _is_on(name, options.pop(name, "off"))]
    if not is_said and not is_local:
        levels.append(_Level.PREFERRED)
    level = max(levels)
    if level is _Level.PLAIN:
        return Tls(None)
    return Tls(
        _context(level, authorities, certificate, key),
        is_optional=level is _Level.PREFERRED,
        is_verified=level is _Level.IDENTIFIED or (level is _Level.TRUSTED and authorities is not None),
    )


def _mode(text: str) -> _Level:
    try:
        return _MODES[text.lower().replace("-", "_")]
    except KeyError:
        raise Misconfigured(
            "The database URL: ssl-mode must be disabled, preferred, required, verify_ca or verify_identity"
        ) from None


def _is_lenient(options: dict[str, str], levels: list[_Level]) -> bool:
    """Whether a URL that names authorities does not require a check of the host name."""
    checked = options.get("ssl_check_hostname", "on" if max(levels) <= _Level.PREFERRED else "off")
    return not _is_on("ssl_check_hostname", checked)


def _is_on(name: str, text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise Misconfigured(f"The database URL: {name} must be true or false")
    return text.lower() in _TRUE


def _context(
    level: _Level, authorities: str | None, certificate: str | None, key: str | None
) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authorities)
        if certificate is not None:
            context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"The database URL names a certificate that cannot be used: {error}") from None
    context.check_hostname = level is _Level.IDENTIFIED
    context.verify_mode = ssl.CERT_REQUIRED if level >= _Level.TRUSTED else ssl.CERT_NONE
    return context
