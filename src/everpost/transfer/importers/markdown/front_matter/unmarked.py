"""Find front matter without an opening delimiter. Hexo reads YAML up to a line of dashes, and JSON without
braces up to a line of semicolons. The same line may precede either; nanoc uses five dashes.

https://github.com/hexojs/hexo-front-matter
"""

import re
from dataclasses import dataclass

from everpost.transfer.importers.markdown.front_matter.fields import FrontMatter, Unreadable, lowered
from everpost.transfer.importers.markdown.front_matter.json_fields import read_json
from everpost.transfer.importers.markdown.front_matter.yaml_fields import read_yaml
from everpost.transfer.importers.markdown.visibility import HIDING

_FIRST = re.compile(r"""["']?[^\W\d][\w-]*["']?[ \t]*:(?:\s|\Z)""")
_INSIDE = re.compile(r"""[ \t]*(?:[\w"'-][^:\n]*:|- |-\r?\n|#|[\]}]|\r?\n)|[ \t]+\S""")
_MARK = re.compile(r"(?P<mark>-{3,}|;{3,})[ \t]*(?:\r?\n|\Z)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_LONGEST_START = 200
"""Characters at the start of a line that determine its kind."""
_KNOWN = HIDING | {"author", "categories", "category", "date", "layout", "slug", "tags", "title", "updated"}
"""Without one of these fields, the lines are text above a rule or the underline of a heading."""
_KNOWN_LINE = re.compile(rf"^(?:{'|'.join(sorted(_KNOWN))})[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BareFields:
    """Lines that may be front matter; `read` decides."""

    header: str
    mark: str
    end: int
    """The end of the delimiter in the text."""
    is_marked: bool
    """Whether there is also an opening delimiter."""

    def is_all(self, lines: str) -> bool:
        """Whether these lines are the whole front matter, perhaps with the delimiter."""
        return len(lines) >= len(self.header)

    def is_of_lines(self, lines: str) -> bool:
        """Whether it is Pelican's: these lines are the whole front matter, and names are capitalized."""
        return not self.is_marked and self.is_all(lines) and self.header.lstrip()[:1].isupper()

    def read(self) -> FrontMatter | None:
        """The fields; None if the lines are text. Raises Unreadable."""
        if self.mark[0] == ";":
            braces = "" if self.header.lstrip().startswith("{") else "{}"
            fields, _ = read_json(f"{braces[:1]}{self.header.strip()}{braces[1:]}")
            return fields
        try:
            fields = read_yaml(self.header)
        except Unreadable:
            if self.is_marked or not _KNOWN_LINE.search(self.header):
                return None
            raise
        names = lowered(fields.value).keys()
        return fields if names & _KNOWN and not any(" " in name for name in names) else None


def find_bare_fields(text: str, start: int, most: int) -> BareFields | None:
    """The possible front matter at `start`; None if there is none that ends before `most`."""
    opening = _MARK.match(text, start)
    begin = opening.end() if opening else start
    if not (opening and opening["mark"][0] == ";") and not _FIRST.match(text, begin):
        return None
    for line in _LINE.finditer(text, begin, most):
        if mark := _MARK.fullmatch(line[0]):
            if opening and opening["mark"] != mark["mark"]:
                return None
            return BareFields(text[begin : line.start()], mark["mark"], line.end(), opening is not None)
        if not opening and not _INSIDE.match(line[0][:_LONGEST_START]):
            return None
    return None
