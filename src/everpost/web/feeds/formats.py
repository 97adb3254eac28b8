"""The formats of feeds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from everpost.web.feeds import atom, json_feed, rss
from everpost.web.feeds.document import Document


@dataclass(frozen=True, slots=True)
class Format:
    """A format of feeds: its name, the last segment of its addresses, its media type and its writer."""

    name: str
    file: str
    media_type: str
    write: Callable[[Document], bytes]


ATOM = Format("Atom", "atom.xml", atom.MEDIA_TYPE, atom.write_atom)
RSS = Format("RSS", "rss.xml", rss.MEDIA_TYPE, rss.write_rss)
JSON_FEED = Format("JSON Feed", "feed.json", json_feed.MEDIA_TYPE, json_feed.write_json_feed)
FORMATS: Mapping[str, Format] = {each.file: each for each in (ATOM, RSS, JSON_FEED)}
"""By the last segment of an address."""
