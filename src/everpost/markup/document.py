"""The last step: adds ids of headings, highlighted code, formulas and frames to sanitized HTML; extracts an
excerpt, an outline and the reading time.

The sanitizer writes every element in a uniform way, so regular expressions can read it. Anything that they do
not recognize becomes text.
"""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import unquote

from everpost.domain.text import normalize_slug
from everpost.markup.allow_lists import ID_PREFIX, INLINE_ELEMENTS, names
from everpost.markup.attributes import absolute, is_path, read_attributes, write_attributes
from everpost.markup.code import MATH, Code
from everpost.markup.embeds import embedded
from everpost.markup.escaping import escape, unescape
from everpost.markup.plain_text import MAX_EXCERPT, excerpt_of, reading_minutes_of
from everpost.markup.results import MAX_HTML, Heading, Unrenderable

_ATTRIBUTES = r'(?:\ [a-z][a-z0-9-]*="[^"]*")*+'
_TOKEN = re.compile(
    rf"""
      <pre{_ATTRIBUTES}><code\ class="language-(?P<block>[^"\ ]+)">(?P<block_code>[^<]*)</code></pre>
    | <code\ class="{MATH}(?P<displayed>-display)?">(?P<formula>[^<]*)</code>
    | <iframe(?P<frame>{_ATTRIBUTES})>.*?</iframe>
    | <(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<attributes>{_ATTRIBUTES})>
    | (?P<text>[^<]+)
    | (?P<unknown><)
    """,
    re.VERBOSE | re.DOTALL,
)
_VOID = names("br col hr img input source track wbr")
_HEADINGS = names("h1 h2 h3 h4 h5 h6")
_WITH_ADDRESSES = names("a audio blockquote del img ins q source track video")
_TITLE = re.compile("<h1[ >]")
_NOT_IN_EXCERPTS = names("figcaption pre rp rt summary table") | _HEADINGS
_NOTES = ('class="footnotes"', 'class="footnote-ref"')


@dataclass(slots=True)
class Document:
    """Reads sanitized HTML once, and collects the HTML for readers, its text and its outline."""

    base_url: str | None = None
    embed_hosts: Collection[str] = ()
    has_formulas: bool = True
    headings: list[Heading] = field(default_factory=list)
    image: str | None = None
    _written: list[str] = field(default_factory=list)
    _size: int = 0
    _words: list[str] = field(default_factory=list)
    _beginning: list[str] = field(default_factory=list)
    _beginning_size: int = 0
    _open: list[tuple[str, bool]] = field(default_factory=list)
    _not_in_excerpt: int = 0
    _ids: set[str] = field(default_factory=set)
    _numbers: Counter[str] = field(default_factory=Counter)
    _fragments: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    _heading: tuple[int, str, int] | None = None
    _is_shifted: bool = False
    """Whether headings are one level lower than in the content, because the title of the post is the `h1`."""
    _code: Code = field(default_factory=Code)

    def read(self, html: str) -> str:
        """The HTML for readers. Raises Unrenderable."""
        self._is_shifted = _TITLE.search(html) is not None
        self._ids.update(re.findall(rf' id="({ID_PREFIX}[^"]*)"', html))
        seen: set[str] = set()
        for token in _TOKEN.finditer(html):
            self._write(self._written_as(token, seen))
        for place, attributes in self._fragments:
            self._written[place] = f"<a{write_attributes(self._with_fragment(attributes))}>"
        return "".join(self._written)

    @property
    def excerpt(self) -> str:
        """The beginning of its text. Headings, tables and code count only if there is nothing else."""
        return excerpt_of("".join(self._beginning)) or excerpt_of("".join(self._words[: 10 * MAX_EXCERPT]))

    @property
    def reading_minutes(self) -> int:
        return reading_minutes_of("".join(self._words))

    def _write(self, html: str) -> None:
        self._size += len(html)
        if self._size > MAX_HTML:
            raise Unrenderable(f"more than {MAX_HTML:,} characters of HTML")
        self._written.append(html)

    def _written_as(self, token: re.Match[str], seen: set[str]) -> str:
        if token["text"] is not None:
            self._say(unescape(token["text"]))
            return token["text"]
        if token["name"] is not None:
            return self._end(token["name"]) if token["end"] else self._start(token, seen)
        if token["block"] is not None:
            self._say(" ")
            return self._code.block(token["block"], token["block_code"], has_formulas=self.has_formulas)
        if token["formula"] is not None:
            self._say(unescape(token["formula"]))
            is_displayed = token["displayed"] is not None
            return (
                self._code.formula(token["formula"], is_displayed=is_displayed)
                if self.has_formulas
                else token[0]
            )
        if token["frame"] is not None:
            return embedded(read_attributes(token["frame"]), self.embed_hosts)
        return "&lt;"

    def _start(self, token: re.Match[str], seen: set[str]) -> str:
        name = token["name"]
        self._enter(name, token["attributes"])
        attributes = read_attributes(token["attributes"])
        if attributes.get("id") in seen:
            del attributes["id"]
        elif "id" in attributes:
            seen.add(attributes["id"])
        if name in _WITH_ADDRESSES:
            return self._with_addresses(name, attributes)
        if name in _HEADINGS:
            self._heading = len(self._written), attributes.get("id", ""), len(self._words)
            name = self._shifted(name)
        if name == "input":
            checked = " checked" * ("checked" in attributes)
            return (
                f'<input type="checkbox" disabled{checked}>' if attributes.get("type") == "checkbox" else ""
            )
        if name in ("pre", "table"):  # which can be scrolled sideways
            attributes["tabindex"] = "0"
        return f"<{name}{write_attributes(attributes)}>"

    def _with_addresses(self, name: str, attributes: dict[str, str]) -> str:
        if name == "a" and attributes.get("href", "").startswith("#"):
            self._fragments.append((len(self._written), attributes))
            return ""
        absolute(attributes, self.base_url)
        if name == "img":
            if "src" not in attributes:
                return ""
            self.image = self.image or attributes["src"]
            attributes = {"alt": "", **attributes, "loading": "lazy", "decoding": "async"}
        return f"<{name}{write_attributes(attributes)}>"

    def _with_fragment(self, attributes: dict[str, str]) -> dict[str, str]:
        """The link to an id of this document, or of the page around it."""
        fragment = attributes["href"][1:]
        own = fragment if fragment.startswith(ID_PREFIX) else ID_PREFIX + unquote(fragment)
        if own in self._ids:
            attributes["href"] = f"#{own}"
        if not is_path(self.base_url):
            absolute(attributes, self.base_url)
        return attributes

    def _enter(self, name: str, attributes: str) -> None:
        self._separate(name)
        if name in _VOID:
            return
        is_left_out = name in _NOT_IN_EXCERPTS or any(note in attributes for note in _NOTES)
        self._not_in_excerpt += is_left_out
        self._open.append((name, is_left_out))

    def _end(self, name: str) -> str:
        self._separate(name)
        if self._open:
            self._not_in_excerpt -= self._open.pop()[1]
        if name in _HEADINGS:
            name = self._shifted(name)
            if self._heading is not None:
                self._end_heading(name, *self._heading)
        return f"</{name}>"

    def _shifted(self, heading: str) -> str:
        """The name of the element for this heading."""
        return f"h{min(int(heading[1]) + 1, 6)}" if self._is_shifted else heading

    def _end_heading(self, name: str, place: int, own_id: str, first_word: int) -> None:
        self._heading = None
        text = " ".join("".join(self._words[first_word:]).split())
        if not own_id:
            own_id = self._new_id(normalize_slug(text)[:100] or "section")
            self._written[place] = f'{self._written[place][:-1]} id="{escape(own_id)}">'
        if text:
            self.headings.append(Heading(int(name[1]), own_id, text))

    def _new_id(self, slug: str) -> str:
        """An id that the document does not have yet."""
        found = ID_PREFIX + slug
        while found in self._ids:
            self._numbers[slug] += 1
            found = f"{ID_PREFIX}{slug}-{self._numbers[slug]}"
        self._ids.add(found)
        return found

    def _separate(self, name: str) -> None:
        if name not in INLINE_ELEMENTS or name == "br":
            self._say(" ")

    def _say(self, text: str) -> None:
        if not any(name == "pre" for name, _ in self._open[-3:]):
            self._words.append(text)
        if not self._not_in_excerpt and self._beginning_size < 4 * MAX_EXCERPT:
            self._beginning.append(text)
            self._beginning_size += len(text)
