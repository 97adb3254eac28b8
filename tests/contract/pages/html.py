"""Parsed pages, as readers see them."""

from dataclasses import dataclass

import httpx
from lxml import html


@dataclass(frozen=True)
class PageForm:
    """A form of a page: where it goes, and what is in it."""

    action: str
    fields: dict[str, str]


class Page:
    """A page. `one` and `all` take an XPath."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        self._tree = html.document_fromstring(answer.text)

    def all(self, path: str) -> list[str]:
        """The texts of the elements or attributes."""
        found = self._tree.xpath(path)
        return [" ".join((each if isinstance(each, str) else each.text_content()).split()) for each in found]

    def one(self, path: str) -> str:
        """The text of the only element or attribute."""
        found = self.all(path)
        assert len(found) == 1, (path, found)
        return found[0]

    @property
    def titles(self) -> list[str]:
        """The titles of the posts in a list."""
        return self.all("//article//h2")

    @property
    def form(self) -> PageForm:
        """The form for a comment."""
        (form,) = self._tree.xpath("//form[@id='comment-form']")
        fields = {
            each.name: (each.value or "").removeprefix("\n") for each in form.xpath(".//input|.//textarea")
        }
        return PageForm(str(form.get("action")), fields)
