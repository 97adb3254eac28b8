"""Front matter without a mark before it. Hexo writes and reads YAML down to a line of dashes, and JSON
without its braces down to a line of semicolons. Either may have that line before it, too; nanoc's has five
dashes.

https://github.com/hexojs/hexo-front-matter
"""

import re
from dataclasses import dataclass

from everpost.transfer.importers.markdown.front_matter.fields import Fields, Unreadable, lowered
from everpost.transfer.importers.markdown.front_matter.json_fields import read_json
from everpost.transfer.importers.markdown.front_matter.yaml_fields import read_yaml
from everpost.transfer.importers.markdown.visibility import HIDING

_FIRST = re.compile(r"""["']?[^\W\d][\w-]*["']?[ \t]*:(?:\s|\Z)""")
_INSIDE = re.compile(r"""[ \t]*(?:[\w"'-][^:\n]*:|- |-\r?\n|#|[\]}]|\r?\n)|[ \t]+\S""")
_MARK = re.compile(r"(?P<mark>-{3,}|;{3,})[ \t]*(?:\r?\n|\Z)")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_LONGEST_START = 200
"""Characters of a line in which its kind is seen."""
_KNOWN = HIDING | {"author", "categories", "category", "date", "layout", "slug", "tags", "title", "updated"}
"""Fields without which it is text with a heading or a rule below."""
_KNOWN_LINE = re.compile(rf"^(?:{'|'.join(sorted(_KNOWN))})[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BareFields:
    """Front matter that may be some: it is only when it is read."""

    header: str
    mark: str
    end: int
    """Of the mark, in the text."""
    is_marked: bool
    """Whether a mark is before it, too."""

    def is_all(self, lines: str) -> bool:
        """Whether these lines are all of it; the mark may be one of them."""
        return len(lines) >= len(self.header)

    def is_of_lines(self, lines: str) -> bool:
        """Whether it is that of Pelican: these lines are all of it, and names have capitals there."""
        return not self.is_marked and self.is_all(lines) and self.header.lstrip()[:1].isupper()

    def read(self) -> Fields | None:
        """What it says; None where it is only text. Unreadable."""
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
    """What stands there, and ends before `most`."""
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
