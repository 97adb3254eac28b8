"""Ids that are made from what a thing is called where it comes from: in every run the same."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from everpost.domain.clock import EPOCH, to_milliseconds
from everpost.domain.ids import Id

_LATEST_SECOND = 2**32 - 1
_IDENTITY = 16
"""Hexadecimal digits of an id that stand for the identity; the eight before them are its seconds."""

_LONGEST_REMEMBERED = 200
"""Characters of an id: a source may have any."""


@dataclass(frozen=True, slots=True)
class SourceSite:
    """Where something comes from: a system, and which site there."""

    system: str
    site: str

    def stable_id(self, kind: str, source_id: str, moment: datetime = EPOCH) -> Id:
        """The id of a thing: as in every ObjectId the seconds come first, here those of its publication
        date (clamped to the years 1970 to 2106), then 8 bytes of SHA-256 over its identity.
        """
        seconds = min(max(to_milliseconds(moment) // 1000, 0), _LATEST_SECOND)
        identity = _remembered if len(source_id) <= _LONGEST_REMEMBERED else _identity
        return Id(f"{seconds:08x}{identity(self.system, self.site, kind, source_id)}")


def _identity(system: str, site: str, kind: str, source_id: str) -> str:
    names = json.dumps([system, site_key(site), kind, source_id])
    return hashlib.sha256(names.encode()).hexdigest()[:_IDENTITY]


_remembered = lru_cache(maxsize=10_000)(_identity)  # it is asked for twice: by name alone, and with the date


@lru_cache
def is_same_identity(one: Id, other: Id) -> bool:
    """Whether two ids stand for one identity, whose date may have changed."""
    return one[-_IDENTITY:] == other[-_IDENTITY:]


def site_key(site: str) -> str:
    """What the spellings of one site's address have in common: the scheme and a last slash don't matter."""
    try:
        parts = urlsplit(site.strip())
    except ValueError:
        return site.strip()
    return f"{parts.netloc.lower()}{parts.path}".rstrip("/")
