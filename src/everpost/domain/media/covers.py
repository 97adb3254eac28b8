"""Cover pictures of posts."""

import re
from urllib.parse import urlsplit

from everpost.domain.posts import MAX_COVER
from everpost.errors import Invalid

_FILE = re.compile(r"(?:/[^?#\\]*)?(?P<path>/media/[0-9a-f]{64}/[\w.~-]{1,200})", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]|[^\S ]")


def checked_cover(text: str) -> str:
    """The cover in its stored form: the path of a file of this blog, without the path under which the blog
    is mounted, or an absolute URL; empty if there is none. Raises Invalid.
    """
    if len(text) > MAX_COVER:
        raise Invalid("cover", f"should have at most {MAX_COVER:,} characters")
    if not text:
        return text
    if text.startswith("/"):
        found = _FILE.fullmatch(text)
        if found is None:
            raise Invalid("cover", "should be the url of an uploaded file, or begin with https://")
        return found["path"]
    if not _is_url(text):
        raise Invalid("cover", "should be the url of an uploaded file, or begin with https://")
    return text


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        is_on_the_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
        return is_on_the_web and parts.port != 0 and _UNSAFE.search(text) is None
    except ValueError:
        return False
