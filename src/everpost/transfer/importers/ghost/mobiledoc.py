"""Render Mobiledoc, in which Ghost stored posts until version 5, as HTML.

https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md
"""

import html
from collections.abc import Sequence

from everpost.transfer.importers.ghost.cards import Body, tag

_TEXT, _ATOM = 0, 1
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pull-quote", "aside"})
_LISTS = frozenset({"ul", "ol"})
_INLINE = frozenset({"a", "b", "strong", "i", "em", "u", "s", "code", "sub", "sup"})


def render_mobiledoc(document: object) -> Body:
    """The body in a document, as far as that is valid."""
    parts = document if isinstance(document, dict) else {}
    renderer = _Renderer(*(_list(parts.get(name)) for name in ("markups", "atoms", "cards")))
    for section in _list(parts.get("sections")):
        renderer.section(_list(section))
    return renderer.body


class _Renderer:
    def __init__(self, markups: list[object], atoms: list[object], cards: list[object]) -> None:
        self._markups = [_list(each) for each in markups]
        self._atoms = [_list(each) for each in atoms]
        self._cards = [_list(each) for each in cards]
        self.body = Body()

    def section(self, section: list[object]) -> None:
        """Append a section: [kind, fields that depend on the kind, ...]."""
        match section:
            case [1, str(name), [*markers], *_]:
                block = name if name in _BLOCKS else "p"
                self.body.add(tag("blockquote" if block == "pull-quote" else block, self._inline(markers)))
            case [2, str(source), *_]:
                self.body.add(tag("img", src=source))
            case [3, str(name), [*entries], *_]:
                items = "".join(tag("li", self._inline(_list(each))) for each in entries)
                self.body.add(tag(name if name in _LISTS else "ul", items))
            case [10, int(number), *_]:
                self._card(number)
            case _:
                self.body.lost.append("a section of an unknown kind")

    def _card(self, number: int) -> None:
        match _at(self._cards, number):
            case [str(name), dict(payload), *_]:
                self.body.add_card(name, payload)
            case [str(name), *_]:
                self.body.add_card(name, {})
            case _:
                self.body.lost.append("a card that is missing")

    def _inline(self, markers: list[object]) -> str:
        """Render text and atoms. Each marker opens markups, and gives the number of markups to close after
        it.
        """
        written: list[str] = []
        opened: list[str] = []
        for marker in markers:
            match marker:
                case [int(kind), [*opens], int(closes), value, *_]:
                    written += [self._open(number, opened) for number in opens]
                    written.append(self._value(kind, value))
                    written += [opened.pop() for _ in range(min(max(closes, 0), len(opened)))]
                case _:
                    self.body.lost.append("some text of an unknown kind")
        return "".join(written + opened[::-1])

    def _open(self, number: object, opened: list[str]) -> str:
        """The start tag of a markup. Its end tag is pushed onto `opened`."""
        match _at(self._markups, number):
            case [str(name), [*attributes], *_] if name in _INLINE:
                href = ""
                for key, value in zip(attributes[::2], attributes[1::2], strict=False):
                    if key == "href" and isinstance(value, str):
                        href = value
                opened.append(f"</{name}>")
                return tag(name, href=href)
            case [str(name), *_] if name in _INLINE:
                opened.append(f"</{name}>")
                return tag(name)
            case _:
                opened.append("")
                return ""

    def _value(self, kind: int, value: object) -> str:
        if kind == _TEXT and isinstance(value, str):
            return html.escape(value, quote=False)
        match _at(self._atoms, value) if kind == _ATOM else None:
            case ["soft-return", *_]:
                return "<br>"
            case [str(), str(text), *_]:
                return html.escape(text, quote=False)
        self.body.lost.append("some text of an unknown kind")
        return ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _at(values: Sequence[list[object]], number: object) -> list[object]:
    return values[number] if isinstance(number, int) and 0 <= number < len(values) else []
