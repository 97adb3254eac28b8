"""A page of a site, with everything that its URL may depend on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from everpost.transfer.importers.markdown.configuration.sites import Site
from everpost.transfer.importers.markdown.front_matter.fields import text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """The page."""

    site: Site
    folders: tuple[str, ...]
    """The folders that it is in, below the site or the imported folder."""
    stem: str
    """The name of its file, or of its folder if that is `index`, without extension."""
    bare: str
    """The same without a date before it."""
    is_page: bool
    """Whether it is not a post."""
    fields: Mapping[str, object]
    """Its fields, including inherited ones."""
    title: str
    categories: tuple[str, ...]
    published: datetime | None
    """In the time zone of the site."""

    def text(self, name: str) -> str:
        """The text of the field; empty if it is missing, or is a list or a map."""
        return text_of(self.fields.get(name)).strip()
