"""Ids derived from the identity of an item in its source, so that every import gives it the same id."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from urllib.parse import urlsplit

from everpost.domain.clock import EPOCH, to_milliseconds
from everpost.domain.ids import Id

_LATEST_SECOND = 2**32 - 1
_IDENTITY = 16
"""Hexadecimal digits of an id that encode the identity; the eight before them are its seconds."""

_LONGEST_CACHED = 200
"""Maximum length of a source id in the cache, because a source may have ids of any length."""


@dataclass(frozen=True, slots=True)
class SourceSite:
    """The origin of imported items: a system, and a site that used it."""

    system: str
    site: str

    def stable_id(self, kind: str, source_id: str, date: datetime = EPOCH) -> Id:
        """The id of an item. As in every ObjectId, the seconds come first: those of the publication date,
        clamped to the years 1970 to 2106. Then follow 8 bytes of a SHA-256 over the identity.
        """
        identity = _cached_identity if len(source_id) <= _LONGEST_CACHED else _identity
        return Id(_seconds_of(date) + identity(self.system, self.site, kind, source_id))


@lru_cache(maxsize=1_000)
def _seconds_of(date: datetime) -> str:
    return f"{min(max(to_milliseconds(date) // 1000, 0), _LATEST_SECOND):08x}"


def _identity(system: str, site: str, kind: str, source_id: str) -> str:
    names = f"{_first_names(system, site, kind)}{encode_basestring_ascii(source_id)}]"
    return hashlib.sha256(names.encode()).hexdigest()[:_IDENTITY]


@lru_cache(maxsize=100)
def _first_names(system: str, site: str, kind: str) -> str:
    """The start of a JSON array, whose last element is the id of the item."""
    return json.dumps([system, site_key(site), kind])[:-1] + ", "


_cached_identity = lru_cache(maxsize=10_000)(_identity)  # called twice per item: without and with its date


@lru_cache
def is_same_identity(one: Id, other: Id) -> bool:
    """Whether two ids stand for the same item, whose date may have changed."""
    return one[-_IDENTITY:] == other[-_IDENTITY:]


def site_key(site: str) -> str:
    """A normalized form of the URL of a site, without scheme and trailing slash."""
    try:
        parts = urlsplit(site.strip())
    except ValueError:
        return site.strip()
    return f"{parts.netloc.lower()}{parts.path}".rstrip("/")
