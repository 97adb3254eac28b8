"""Database URLs without secrets, and the hosts in them."""

import re
from collections.abc import Sequence
from ipaddress import ip_address

_HOST = r"(\[[^\]]*\]|[^\s@/?#:,\[\]]*)(:\d+)?"
_SHOWABLE = re.compile(f"{_HOST}(,{_HOST})*(/[^@]*)?")


def describe_url(url: str) -> str:
    """The URL without its password and options; only the scheme if the URL cannot be parsed."""
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
    """Whether all of these hosts, given without ports, are this machine: loopback addresses or Unix sockets.
    True if there are none.
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
    """The warning that the identity of a remote database is not verified, in one line."""
    return (
        f"TLS to the database at {hosts} is not verified: anyone in between could read or change the blog."
        f" To verify it, write {remedy} in the database URL."
    )
