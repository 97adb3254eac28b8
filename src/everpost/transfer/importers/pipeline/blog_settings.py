"""Fills in the settings of the blog from the source."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from everpost.domain.blog import (
    DEFAULTS,
    MAX_BLOG_TITLE,
    MAX_DESCRIPTION,
    Blog,
    BlogChange,
    checked_base_url,
    checked_language,
    checked_time_zone,
)
from everpost.domain.clock import now
from everpost.errors import Invalid, Stale
from everpost.stores.port import Store
from everpost.transfer.importers.model import SourceBlog
from everpost.transfer.importers.pipeline.normalization import Normalizer
from everpost.transfer.importers.pipeline.writer import Writer
from everpost.transfer.importers.reports.import_report import NoteSink

_KIND = "setting"
_LONGEST_SHOWN = 100
_PLACEHOLDERS = frozenset({"example.com", "example.net", "example.org", "localhost", "127.0.0.1"})
"""Hosts of sites whose URL was never set. The first three are reserved (RFC 2606, section 3)."""


async def fill_settings(store: Store, writer: Writer, source: SourceBlog, notes: NoteSink) -> None:
    """Fill those settings that still have their defaults. Other settings stay unchanged."""
    changes: defaultdict[str, Normalizer] = defaultdict(Normalizer)
    values = _normalized(source, changes, notes)
    while True:
        blog = await store.blog.get()
        missing: dict[str, Any] = {
            name: value for name, value in values.items() if _is_missing(blog, name, value)
        }
        try:
            if missing:
                change = BlogChange(updated_at=now(), **missing)
                await writer.save_settings(change, frozenset({blog.revision}))
            break
        except Stale:  # changed since it was read
            continue
    for name, value in values.items():
        if name in missing:
            notes.imported(_KIND, f"{name} {value[:_LONGEST_SHOWN]!r}", changes[name])
        else:
            notes.already_present(_KIND, name)


def _is_missing(blog: Blog, name: str, value: str) -> bool:
    current, default = getattr(blog, name), DEFAULTS[name]
    return bool(current == default) and value != default


def _normalized(source: SourceBlog, changes: Mapping[str, Normalizer], notes: NoteSink) -> Mapping[str, str]:
    """The values that Everpost accepts, with the changes made to each; others are reported."""
    values: dict[str, str] = {}
    for name, most in _TEXTS.items():
        text = " ".join(changes[name].remove_unstorable(getattr(source, name), name).split())
        if text:
            values[name] = changes[name].shorten(text, most, name)
    for name, check in _CHECKS.items():
        sent = getattr(source, name).strip()
        try:
            if sent:
                values[name] = check(sent)
        except Invalid as error:
            notes.dropped(_KIND, f"{name} {sent[:_LONGEST_SHOWN]!r}", error.reason)
    return values


def _language(sent: str) -> str:
    """Accepts locales as well, such as `de_DE.UTF-8`."""
    return checked_language(sent.partition(".")[0].replace("_", "-"))


def _base_url(sent: str) -> str:
    base_url = checked_base_url(sent.rstrip("/"))
    if urlsplit(base_url).hostname in _PLACEHOLDERS:
        raise Invalid("base_url", "is a placeholder")
    return base_url


_TEXTS: Mapping[str, int] = {"title": MAX_BLOG_TITLE, "description": MAX_DESCRIPTION}
_CHECKS: Mapping[str, Callable[[str], str]] = {
    "language": _language,
    "time_zone": checked_time_zone,
    "base_url": _base_url,
}
