"""A page: front matter and content."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from everpost.transfer.importers.markdown.front_matter.fields import text_of


@dataclass(frozen=True, slots=True)
class MarkdownPage:
    """A file with front matter. The names of fields are in lower case. Values are text, or lists and maps of
    text, whatever their type in YAML or TOML.
    """

    fields: Mapping[str, object]
    content: str
    header: str = ""
    """The unparsed front matter."""
    line: int = 1
    """The line of the file at which the front matter begins, from 1."""
    repeated: tuple[str, ...] = ()
    """The fields that occur more than once."""
    is_plain: bool = False
    """Whether the front matter is plain lines of fields, in which a list is text with commas."""

    def text(self, name: str) -> str:
        """The text of the field; empty if it is missing, or is a list or a map."""
        return text_of(self.fields.get(name))

    def line_of(self, name: str) -> int:
        """The line of the field in the file; the first line of the front matter if it is not found."""
        pattern = rf"^[ \t\"']*{re.escape(name)}[\"']?[ \t]*[:=]"
        found = re.search(pattern, self.header, re.IGNORECASE | re.MULTILINE)
        return self.line + (self.header.count("\n", 0, found.end()) if found else 0)
