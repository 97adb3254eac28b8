"""The settings of a blog in Blogger's exports."""

from collections.abc import Mapping

from everpost.transfer.importers.blogger.entries import Entry
from everpost.transfer.importers.model import SourceBlog

_ENTRIES: Mapping[str, str] = {
    "BLOG_NAME": "title",
    "BLOG_DESCRIPTION": "description",
    "BLOG_LOCALE": "language",
    "BLOG_TIME_ZONE": "time_zone",
}
"""The settings of `SourceBlog`, by the names in the ids of a backup's entries."""
_ELEMENTS: Mapping[str, str] = {"title": "title", "subtitle": "description"}
"""The same, by the elements of a feed."""


class BlogSettings:
    """Collects the settings, which are in entries of a backup, and before the entries of any feed."""

    def __init__(self) -> None:
        self._of_feed: dict[str, str] = {}
        self._of_entries: dict[str, str] = {}

    def add_element(self, name: str, text: str) -> None:
        """Add an element of the feed that is not an entry."""
        if name in _ELEMENTS:
            self._of_feed.setdefault(_ELEMENTS[name], text.strip())

    def add_link(self, relation: str, url: str) -> None:
        """Add a link of the feed."""
        if relation == "alternate":
            self._of_feed.setdefault("base_url", url)

    def add_entry(self, entry: Entry) -> bool:
        """Add a setting, and return whether it is one of a `SourceBlog`."""
        name = _ENTRIES.get(entry.id.rpartition(".settings.")[2])
        if name is not None:
            self._of_entries.setdefault(name, entry.text("content"))
        return name is not None

    def blog(self) -> SourceBlog:
        """The settings."""
        return SourceBlog(**self._of_feed | {name: text for name, text in self._of_entries.items() if text})
