"""Database URLs as they may be shown."""

import re

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
