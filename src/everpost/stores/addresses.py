"""Database URLs as they may be shown, and where they lead."""

import re
from collections.abc import Sequence
from ipaddress import ip_address

_HOST = r"(\[[^\]]*\]|[^\s@/?#:,\[\]]*)(:\d+)?"
_SHOWABLE = re.compile(f"{_HOST}(,{_HOST})*(/[^@]*)?")


def describe_url(url: str) -> str:
    """The URL without its password and its options. Of one that cannot be read, only the scheme."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "(unreadable)"
    before_options, _, options = rest.partition("?")
    credentials, at, address = before_options.rpartition("@")
    if "@" in options or not _SHOWABLE.fullmatch(address):
        return f"{scheme}://(unreadable)"
    user = credentials.partition(":")[0]
    return f"{scheme}://{user}{at if user else ''}{address}"


def is_this_machine(hosts: Sequence[str]) -> bool:
    """Whether all of these hosts, without ports, are this machine: its loopback addresses, sockets of Unix,
    or none at all.
    """
    return all(map(_is_local, hosts))


def _is_local(host: str) -> bool:
    host = host.strip("[]").rstrip(".").lower()
    if not host or host.startswith(("/", "@")) or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def unverified_warning(hosts: str, remedy: str) -> str:
    """One line for the start of a server whose database is elsewhere and does not prove who it is."""
    return (
        f"TLS to the database at {hosts} is not verified: anyone in between could read or change the blog."
        f" To verify it, write {remedy} in EVERPOST_DATABASE_URL."
    )
