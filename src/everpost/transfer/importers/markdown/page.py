"""A file in two parts: front matter and text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from everpost.transfer.importers.markdown.front_matter.fields import text_of


@dataclass(frozen=True, slots=True)
class Page:
    """A file in two parts. The names of the fields are in lower case; what they say is text, or lists and
    maps of it, whatever else it may be in YAML or TOML.
    """

    fields: Mapping[str, object]
    content: str
    header: str = ""
    """As it is in the file."""
    line: int = 1
    """Of the file, where the header begins."""
    repeated: tuple[str, ...] = ()
    """The fields that it has more than once."""
    is_plain: bool = False
    """The fields stand in lines without marks, where a list is a text with commas."""

    def text(self, name: str) -> str:
        """What the field says; empty where it is not there, or is more than one text."""
        return text_of(self.fields.get(name))

    def line_of(self, name: str) -> int:
        """The line of the file in which the field is; that of the header where nobody can tell."""
        pattern = rf"^[ \t\"']*{re.escape(name)}[\"']?[ \t]*[:=]"
        found = re.search(pattern, self.header, re.IGNORECASE | re.MULTILINE)
        return self.line + (self.header.count("\n", 0, found.end()) if found else 0)
