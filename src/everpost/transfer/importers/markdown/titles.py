"""Find the title of a page."""

import re
from html import unescape

from everpost.transfer.importers.markdown.page import MarkdownPage

_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<title>\S.*)")
_ABOVE = re.compile(r"[^\s#>*+-].*")
_LINE_BELOW = re.compile(r"(?:=+|-{2,})[ \t]*")
_HTML_OPENING = re.compile(r"<h[1-6][^<>]{0,200}>", re.IGNORECASE)
_HTML_CLOSING = re.compile(r"</h[1-6]>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_CLOSING = re.compile(r"[ \t]#+$")
_ANCHOR = re.compile(r"\{[#.:][^{}]*\}$")
_SEARCHED = 20_000
"""Characters of the content that are searched for a heading."""
_LONGEST = 1_000
"""Characters of the longest heading that is used as a title."""


def title_of(page: MarkdownPage, default: str, *, is_html: bool) -> tuple[str, str]:
    """The title, and where it comes from if the page has no such field. A heading also stays in the text."""
    if title := page.text("title"):
        return title, ""
    start = page.content[:_SEARCHED]
    if heading := _html_heading(start) if is_html else _heading(start):
        return heading, "it had no title: its first heading was used"
    return default, "it had no title: its file name was used"


def _heading(text: str) -> str:
    """The first heading outside of code, without the most common Markdown markup."""
    fence, above = "", ""
    for line in (each.rstrip()[:_LONGEST] for each in text.split("\n")):
        found = _FENCE.match(line)
        if fence:
            is_end = found and found["mark"].startswith(fence) and not line[found.end() :].strip()
            fence = "" if is_end else fence
            continue
        if found:
            fence, above = found["mark"], ""
        elif heading := _HEADING.fullmatch(line):
            return _plain(heading["title"])
        elif above and _LINE_BELOW.fullmatch(line):
            return _plain(above)
        else:
            above = line if _ABOVE.fullmatch(line) else ""
    return ""


def _plain(heading: str) -> str:
    closed = _CLOSING.sub("", heading).rstrip()
    text = _LINK.sub(r"\1", _ANCHOR.sub("", closed).rstrip())
    return re.sub(r"[*`]+", "", text).strip()


def _html_heading(text: str) -> str:
    opening = _HTML_OPENING.search(text)
    closing = opening and _HTML_CLOSING.search(text, opening.end())
    if not opening or not closing:
        return ""
    return " ".join(unescape(_TAG.sub("", text[opening.end() : closing.start()])).split())
