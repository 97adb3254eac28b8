"""Convert the template tags of Liquid, Hugo and Zola in a page to Markdown. Tags that Markdown cannot express
are unchanged and reported. Code is never changed.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from everpost.transfer.importers.markdown.template_tags.links import Links
from everpost.transfer.importers.markdown.template_tags.shortcodes import Tag, convert_tag, read_tag

_NEXT = re.compile(
    r"^[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(?P<fence>`{3,}|~{3,})|(?P<code>`+)|(?P<tag>\{\{[<%]?|\{%)",
    re.MULTILINE,
)
_RUN = re.compile(r"`+")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_END = re.compile(
    r"\{%-?[ \t]*end(?P<liquid>\w*)[ \t]*-?%\}|\{\{[<%][ \t]*/[ \t]*(?P<hugo>[\w/-]+)[ \t]*[%>]\}\}"
)
_LONGEST_TAG = 2_000
"""Characters of the longest tag. This bounds the search for a missing end."""
_HIDDEN = frozenset({"comment"})
_VERBATIM = frozenset({"raw", "verbatim"})
_MOST_NAMES = 20
"""The most names of tags in the report of one post."""


def convert_tags(text: str, links: Links, place: str, *, is_html: bool) -> tuple[str, tuple[str, ...]]:
    """The converted text, and the changes for the report. The time is linear in the size of the text."""
    if "{{" not in text and "{%" not in text:
        return text, ()
    return _Converter(text, links, place, is_html=is_html).convert()


class _Converter:
    """Converts one text, in one pass."""

    def __init__(self, text: str, links: Links, place: str, *, is_html: bool) -> None:
        self._text = text
        self._links = links
        self._place = place
        self._is_html = is_html
        self._parts: list[str] = []
        self._done: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._lost: set[str] = set()
        self._runs: defaultdict[int, list[int]] = defaultdict(list)
        for run in _RUN.finditer(text):
            self._runs[len(run[0])].append(run.start())
        self._ends: defaultdict[str, list[re.Match[str]]] = defaultdict(list)
        for end in _END.finditer(text):
            self._ends[end["hugo"] or end["liquid"]].append(end)
        self._end_of_paragraph = -1

    def convert(self) -> tuple[str, tuple[str, ...]]:
        """The converted text, and the changes for the report."""
        start = position = 0
        while found := _NEXT.search(self._text, position):
            if found["tag"] is None:
                position = self._end_of_code(found)
                continue
            tag = read_tag(self._text, found.start("tag"), found.start("tag") + _LONGEST_TAG)
            if tag is None:
                position = found.end()
                continue
            end, replacement = self._replaced(tag)
            if replacement is not None:
                self._parts += [self._text[start : tag.start], replacement]
                start = end
            position = end
        self._parts.append(self._text[start:])
        return "".join(self._parts), tuple(self._changes())

    def _end_of_code(self, found: re.Match[str]) -> int:
        """The end of the code that begins here; the end of the mark if it is not code."""
        if self._is_html:
            return found.end()
        fence = found["fence"]
        if fence and not (fence[0] == "`" and "`" in self._line_from(found.end())):
            closing = re.compile(rf"^[ \t>]*{fence[0]}{{{len(fence)},}}[ \t]*$", re.MULTILINE)
            end = closing.search(self._text, self._text.find("\n", found.end()) + 1 or len(self._text))
            return end.end() if end else len(self._text)
        length = len(fence or found["code"])
        same = self._runs[length]
        index = bisect_left(same, found.end())
        if index < len(same) and same[index] < self._paragraph_end(found.end()):
            return same[index] + length
        return found.end()

    def _line_from(self, position: int) -> str:
        end = self._text.find("\n", position)
        return self._text[position : end if end >= 0 else len(self._text)]

    def _paragraph_end(self, position: int) -> int:
        if position >= self._end_of_paragraph:
            found = _PARAGRAPH.search(self._text, position)
            self._end_of_paragraph = found.start() if found else len(self._text)
        return self._end_of_paragraph

    def _replaced(self, tag: Tag) -> tuple[int, str | None]:
        """The end of the tag and its block, and the replacement, which is None if the tag stays."""
        closing = self._closing(tag)
        if closing is not None and tag.name in _HIDDEN:
            self._done[tag.name] += 1
            return closing.end(), ""
        if closing is not None and tag.name in _VERBATIM:
            self._done[tag.name] += 1
            return closing.end(), self._text[tag.end : closing.start()]
        inside = None if closing is None or tag.name != "highlight" else self._text[tag.end : closing.start()]
        replacement, lost = convert_tag(tag, inside, self._links, self._place, is_html=self._is_html)
        self._lost.update(lost)
        if replacement is None:
            if not tag.is_end:
                self._left[tag.shown] += 1
            return tag.end, None
        self._done[tag.name] += 1
        end = tag.end if inside is None or closing is None else closing.end()
        if inside is not None:
            replacement = self._on_its_own(replacement, tag.start, end)
        return end, replacement

    def _closing(self, tag: Tag) -> re.Match[str] | None:
        """The closing tag of the block."""
        if tag.name not in _HIDDEN | _VERBATIM | {"highlight"}:
            return None
        ends: Sequence[re.Match[str]] = self._ends[tag.name]
        index = bisect_left(ends, tag.end, key=lambda end: end.start())
        return ends[index] if index < len(ends) else None

    def _on_its_own(self, block: str, start: int, end: int) -> str:
        """The block of code on its own lines, with the indentation of its tag."""
        line = self._text.rfind("\n", max(0, start - _LONGEST_TAG), start) + 1
        before = self._text[line:start]
        if before.strip():
            block = f"\n\n{block}"
        elif before and not self._is_html:
            fence, _, rest = block.partition("\n")
            body, _, last = rest.rpartition("\n")
            block = f"{fence}\n{body}\n{before}{last}"
        return block if self._line_from(end).strip() == "" else f"{block}\n\n"

    def _changes(self) -> list[str]:
        changes = []
        if self._done:
            changes.append("template tags were converted: " + _listed(self._done))
        if self._lost:
            changes.append("tag arguments were dropped: " + ", ".join(sorted(self._lost)[:_MOST_NAMES]))
        if self._left:
            changes.append("template tags stay as text: " + _listed(self._left))
        return changes


def _listed(names: Counter[str]) -> str:
    shown = [f"{name} ({number})" if number > 1 else name for name, number in sorted(names.items())]
    more = [f"{len(shown) - _MOST_NAMES} others"] if len(shown) > _MOST_NAMES else []
    return ", ".join([*shown[:_MOST_NAMES], *more])
