"""MongoDB URLs: the options that Everpost accepts, and the hosts."""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from pymongo.errors import ConfigurationError
from pymongo.uri_parser import split_options

from everpost.errors import Misconfigured
from everpost.stores.addresses import is_this_machine, unverified_warning

DEFAULT_PORT = 27017
_CREDENTIALS = frozenset({"authmechanism", "authmechanismproperties", "authsource"})
_OF_A_SET = frozenset({"directconnection", "loadbalanced", "replicaset"})
_CAN_BE_ROLLED_BACK = "a failover can lose a write that the majority does not have"
_IS_STALE = "a read from a member other than the primary can be older than an acknowledged write"


UNREADABLE = (ConfigurationError, ValueError, TypeError, LookupError, OSError)
"""The exceptions that PyMongo raises if it cannot read a URL, or a file that the URL names."""


class Rule(NamedTuple):
    """The allowed values of an option, and why no others are."""

    allowed: Collection[object]
    reason: str


RULES: Mapping[str, Rule] = {
    "w": Rule({"majority"}, _CAN_BE_ROLLED_BACK),
    "journal": Rule({True}, "a crash can lose a write that is not in the journal"),
    "fsync": Rule((), "MongoDB no longer has this write concern"),
    "readPreference": Rule({"primary"}, _IS_STALE),
    "readPreferenceTags": Rule((), _IS_STALE),
    "maxStalenessSeconds": Rule({-1}, _IS_STALE),
    "readConcernLevel": Rule(
        {"majority", "linearizable"},
        "a read could show a write that is rolled back later, or miss an acknowledged one",
    ),
}
"""Options that could break a guarantee, their values as PyMongo reads them."""

UNBOUNDED: Mapping[str, str] = {
    "maxPoolSize": "the number of connections must have a limit",
    "timeoutMS": "calls must have a time limit",
}
"""Options in which 0 means no limit, and why there must be one."""


def hosts_in(url: str) -> str:
    """The hosts in a URL, without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def members_in(url: str) -> list[str]:
    """The hosts in a URL, each with its port, except for Unix sockets."""
    return [
        host if is_socket(host) or host != _without_port(host) else f"{host}:{DEFAULT_PORT}"
        for host in hosts_in(url).split(",")
    ]


def is_socket(host: str) -> bool:
    return unquote(host).startswith("/")


def options_in(url: str) -> Mapping[str, Any]:
    """The options of a URL as PyMongo reads them, their names in lower case. Raises UNREADABLE."""
    query = url.partition("?")[2]
    options = split_options(query, warn=False) if query else {}
    return {name.lower(): value for name, value in options.items()}


def require_safe_options(url: str) -> None:
    """Raise Misconfigured if an option of the URL is unknown or would break a guarantee; also UNREADABLE."""
    _require_readable_options(url)
    options = options_in(url)
    for name, rule in RULES.items():
        if name.lower() in options and options[name.lower()] not in rule.allowed:
            raise _refusal(name, rule.reason)
    for name, reason in UNBOUNDED.items():
        if options.get(name.lower(), 1) in (0, None):
            raise _refusal(name, reason)
    if options.get("authmechanism") == "PLAIN" and not _uses_tls(url, options):
        raise Misconfigured(
            "The database URL asks for authMechanism=PLAIN, which sends the password unencrypted:"
            " add tls=true"
        )


def _require_readable_options(url: str) -> None:
    query = url.partition("?")[2]
    if "@" in query:  # then a part of the password may look like the name of an option
        return
    for option in filter(None, re.split("[&;]", query)):
        try:
            split_options(option, warn=False)
        except UNREADABLE as error:
            raise Misconfigured(
                f"The database URL: MongoDB's driver does not accept the option {option.partition('=')[0]},"
                " or this value of it, or cannot read the file that it names"
            ) from error


def _refusal(name: str, reason: str) -> Misconfigured:
    return Misconfigured(
        f"The database URL: this value of the option {name} is refused: {reason}. Remove the option."
    )


def direct_url(url: str, member: str, *, credentials: bool) -> str:
    """A URL that connects directly to one member; with the user and password only if `credentials`."""
    scheme, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    authority, slash, path = place.partition("/")
    user, at, _ = authority.rpartition("@")
    left_out = _OF_A_SET if credentials else _OF_A_SET | _CREDENTIALS
    kept = [each for each in re.split("[&;]", query) if each.partition("=")[0].lower() not in left_out]
    options = "&".join([*filter(None, kept), "directConnection=true"])
    user = f"{user}{at}" if credentials else ""
    return f"{scheme}://{user}{member}{slash or '/'}{path}?{options}"


def is_on_this_machine(url: str) -> bool:
    """Whether all hosts of the URL are this machine."""
    hosts = hosts_in(url)
    return not is_srv(url) and is_this_machine([_without_port(each) for each in hosts.split(",")])


def transport_warning(url: str) -> str | None:
    """One line if the database is not on this machine and the URL lets anyone impersonate it."""
    options = _options_or_none(url)
    is_lax = bool(options.get("tlsinsecure") or options.get("tlsallowinvalidcertificates"))
    if options.get("tlsallowinvalidhostnames") and "tlscafile" not in options:
        is_lax = True
    if is_on_this_machine(url) or (_uses_tls(url, options) and not is_lax):
        return None
    return unverified_warning(hosts_in(url), "tls=true (without tlsInsecure or tlsAllowInvalid… options)")


def is_srv(url: str) -> bool:
    return url.lower().startswith("mongodb+srv:")


def _options_or_none(url: str) -> Mapping[str, Any]:
    """The options, or none if PyMongo cannot read them: the error is reported when connecting."""
    try:
        return options_in(url)
    except UNREADABLE:
        return {}


def _uses_tls(url: str, options: Mapping[str, Any]) -> bool:
    return bool(options.get("tls", is_srv(url)))


def _without_port(host: str) -> str:
    return unquote(host) if is_socket(host) else re.sub(r"(?<=[^:]):\d+$", "", unquote(host))


def misconfigured() -> Misconfigured:
    """The error for an unreadable URL. It does not include PyMongo's message, which may contain a part of the
    password.
    """
    return Misconfigured(
        "MongoDB's driver does not accept the database URL, or it names a file that cannot be read. The form"
        " is mongodb://user:password@host:port/database?option=value; in the user name and the password, the"
        " characters : / ? # [ ] @ % must be percent-encoded"
        " (https://www.mongodb.com/docs/manual/reference/connection-string/)."
    )
