"""The title of a page."""

import re
from html import unescape

from everpost.transfer.elsewhere.front_matter import Page

_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,}).*?^(?P=fence)", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(
    r"^ {0,3}#{1,6}[ \t]+(?P<above>\S[^\r\n]*)|^(?P<below>[^\s#>*+-][^\r\n]*)\r?\n(?:=+|-{2,})[ \t]*$",
    re.MULTILINE,
)
_HTML_HEADING = re.compile(r"<h[1-6][^<>]*>(.*?)</h[1-6]>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_CLOSING = re.compile(r"[ \t]+#+[ \t]*$")
_ANCHOR = re.compile(r"\s*\{[#.:][^{}]*\}\s*$")
_SEARCHED = 20_000
"""Characters of the content in which a heading is looked for."""


def title_of(page: Page, words: str, *, is_html: bool) -> tuple[str, str]:
    """The title, and how it came about where the page does not say it. The heading stays in the text."""
    if title := page.text("title"):
        return title, ""
    start = page.content[:_SEARCHED]
    if heading := _html_heading(start) if is_html else _heading(start):
        return heading, "it had no title and is called by its first heading"
    return words, "it had no title and is called by its file"


def _heading(text: str) -> str:
    """The first heading, without the marks of Markdown that are likely in one."""
    found = _HEADING.search(_FENCE.sub("", text))
    if found is None:
        return ""
    plain = _LINK.sub(r"\1", _ANCHOR.sub("", _CLOSING.sub("", found["above"] or found["below"])))
    return re.sub(r"[*`]+", "", plain).strip()


def _html_heading(text: str) -> str:
    found = _HTML_HEADING.search(text)
    return " ".join(unescape(_TAG.sub("", found[1])).split()) if found else ""
