"""The entries of Blogger's Atom files, in both formats: the backup `blog-MM-DD-YYYY.xml` (until 2024) and the
`feed.atom` of Google Takeout.

https://developers.google.com/blogger/docs/3.0/reference documents the statuses.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from lxml import etree

from everpost.transfer.importers.formats.dates import parse_datetime
from everpost.transfer.importers.formats.xml_files import prefix_of
from everpost.transfer.importers.model import shown_as

_PREFIXES = (
    ("/2005/Atom", ""),
    ("schemas.google.com/blogger/", "blogger:"),
    ("/syndication/thread/", "thr:"),
    ("purl.org/atom/app", "app:"),
    ("w3.org/2007/app", "app:"),
    ("schemas.google.com/g/2005", "gd:"),
    ("georss.org/georss", "georss:"),
    ("yahoo.com/mrss", "media:"),
)
_KIND_SCHEME = "http://schemas.google.com/g/2005#kind"
_KIND = "http://schemas.google.com/blogger/2008/kind#"
_NOREPLY = "noreply@blogger.com"
"""The address that a backup gives for every author."""
_ONCE = frozenset(
    {
        *("id", "title", "content", "published", "updated", "blogger:type", "blogger:created"),
        *("blogger:filename", "blogger:parent", "blogger:inReplyTo"),
    }
)
_VISIBILITY = frozenset({"blogger:status", "blogger:trashed"})
"""Repeated elements are joined: the result is an unknown status, so the entry is not shown."""
_READ = _ONCE | _VISIBILITY | {"category", "author", "thr:in-reply-to", "app:control"}
_UNSUPPORTED = {
    "summary": "summary",
    "contributor": "contributor",
    "rights": "copyright notice",
    "enclosure": "enclosure",
    "blogger:location": "location",
    "blogger:metaDescription": "description",
    "georss:featurename": "location",
    "georss:point": "location",
    "georss:box": "location",
}
"""Elements whose content Everpost cannot keep, and what to call it."""
_UNSUPPORTED_LINKS = {"enclosure": "enclosure", "": "link", "via": "link"}
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "source", "track", "wbr"}
)
_LONGEST_NAME = 100
_LONGEST_DATE = 100
_LONGEST_ID = 500


@dataclass(frozen=True, slots=True)
class EntryAuthor:
    """The author of an entry."""

    name: str = ""
    address: str = ""
    """The URL of a profile or a website."""
    email: str = ""
    kind: str = ""
    """BLOGGER for an account of Blogger. Only Takeout has it."""


@dataclass(slots=True)
class Entry:
    """A post, a page, a comment or a setting."""

    texts: dict[str, str] = field(default_factory=dict)
    """By the name of the element, with its prefix. If an element is repeated, the first counts."""
    kind: str = ""
    """In lower case; empty if unknown."""
    is_html: bool = True
    """Whether the content is HTML."""
    is_removed: bool = False
    """Whether the content was removed on Blogger."""
    draft: list[str] = field(default_factory=list)
    """The draft marks in a backup: `yes` for a draft; `no` or none for anything else."""
    labels: list[str] = field(default_factory=list)
    author: EntryAuthor = EntryAuthor()
    page: str = ""
    """The URL of its page."""
    replies_to: list[str] = field(default_factory=list)
    """The ids of the entries that it replies to, the post first."""
    related: list[str] = field(default_factory=list)
    """Related URLs: for a comment, that of its parent."""
    unsupported: list[tuple[str, str]] = field(default_factory=list)
    """Content that Everpost cannot keep: kind and value."""
    unknown: list[str] = field(default_factory=list)
    """The names of everything else in the entry."""

    @property
    def id(self) -> str:
        """The id; empty if it is missing or too long."""
        written = self.text("id")
        return written if len(written) <= _LONGEST_ID else ""

    @property
    def shown(self) -> str:
        """A name that identifies the entry to a reader of the report."""
        return shown_as(self.id, self.text("title"))

    def text(self, name: str) -> str:
        """The text of an element, without surrounding white space."""
        return self.texts.get(name, "").strip()

    def date(self, *names: str) -> datetime | None:
        """The first of these elements that is a date; None if there is none."""
        for name in names:
            date = parse_datetime(self.text(name)[:_LONGEST_DATE])
            if date is not None:
                return date.replace(tzinfo=UTC) if date.tzinfo is None else date
        return None


def name_of(element: etree._Element) -> str:
    """The name of an element, with the prefix that Blogger uses."""
    return _name_of(str(element.tag))


@lru_cache(maxsize=1_000)
def _name_of(tag: str) -> str:
    namespace, _, name = tag.rpartition("}")
    if not namespace:
        return name[:_LONGEST_NAME]
    prefix = prefix_of(namespace[1:]) or next(
        (prefix for part, prefix in _PREFIXES if part in namespace), "other:"
    )
    return prefix + name[:_LONGEST_NAME]


def text_in(element: etree._Element) -> str:
    """All text in an element."""
    return "".join(str(part) for part in element.itertext()) if len(element) else element.text or ""


def read_entry(element: etree._Element) -> Entry:
    """Read an entry."""
    entry = Entry()
    for child in element:
        name = name_of(child)
        text = _content(child, entry) if name == "content" else text_in(child)
        if name == "title" and child.get("type", "html") == "html":
            text = html.unescape(text)
        if name in entry.texts and name in _ONCE:
            entry.unknown.append(f"second {name}")
        elif name in entry.texts and name in _VISIBILITY:
            entry.texts[name] = f"{entry.texts[name]} {text}"
        else:
            entry.texts.setdefault(name, text)
            _read_child(entry, name, child, text.strip())
    entry.kind = entry.kind or entry.text("blogger:type").lower()
    entry.page = entry.page or entry.text("blogger:filename")
    if entry.kind == "comment":
        entry.unsupported += [("label", name) for name in entry.labels]
        entry.unknown += ["link alternate"] if entry.page else []
    else:
        entry.unsupported += [("link", address) for address in entry.related]
    return entry


def _read_child(entry: Entry, name: str, child: etree._Element, text: str) -> None:
    match name:
        case "category":
            _read_category(entry, child)
        case "link":
            _read_link(entry, child, text)
        case "author" if entry.author == EntryAuthor():
            entry.author = _author(child, entry)
        case "author":
            entry.unsupported.append(("co-author", " ".join(text.split())))
        case "thr:in-reply-to":
            entry.replies_to.append(child.get("ref", "").strip())
        case "app:control":
            entry.draft += [text_in(each).strip() for each in child if name_of(each) == "app:draft"]
            entry.unknown += [f"{name}/{name_of(each)}" for each in child if name_of(each) != "app:draft"]
        case "gd:extendedProperty" if child.get("name") == "blogger.contentRemoved":
            entry.is_removed = child.get("value") == "true"
        case _ if name in _UNSUPPORTED:
            value = text or child.get("href", "") or child.get("url", "")
            entry.unsupported += [(_UNSUPPORTED[name], " ".join(value.split()))] if value else []
        case _ if name not in _READ and (text or child.attrib):
            entry.unknown.append(name)


def _read_category(entry: Entry, child: etree._Element) -> None:
    """Read a category: the kind of the entry, or a label."""
    term = child.get("term", "")
    if child.get("scheme") == _KIND_SCHEME:
        entry.kind = term.removeprefix(_KIND).lower()
    elif term.strip():
        entry.labels.append(term)


def _read_link(entry: Entry, child: etree._Element, text: str) -> None:
    relation, address = child.get("rel", ""), child.get("href", "").strip() or text
    if relation == "alternate":
        entry.page = entry.page or address
    elif relation == "related" and address:
        entry.related.append(address)
    elif address and relation in _UNSUPPORTED_LINKS:
        entry.unsupported.append((_UNSUPPORTED_LINKS[relation], address))
    elif address:
        entry.unknown.append(f"link {relation[:_LONGEST_NAME]}")


def _author(child: etree._Element, entry: Entry) -> EntryAuthor:
    texts: dict[str, str] = {}
    for each in child:
        texts.setdefault(name_of(each), text_in(each).strip())
        if name_of(each) not in {"name", "uri", "email", "blogger:type"}:
            entry.unknown.append(f"author/{name_of(each)}")
    email = texts.get("email", "")
    return EntryAuthor(
        name=texts.get("name", ""),
        address=texts.get("uri", ""),
        email="" if email.lower() == _NOREPLY else email,
        kind=texts.get("blogger:type", ""),
    )


def _content(element: etree._Element, entry: Entry) -> str:
    """The content as HTML, or as text if it is marked as text. XHTML consists of child elements."""
    entry.is_html = element.get("type", "html") != "text"
    return "".join(_markup(element)) if len(element) else element.text or ""


def _markup(element: etree._Element) -> Iterator[str]:
    """The content of an element as HTML, without prefixes and namespaces."""
    yield html.escape(element.text or "", quote=False)
    for child in element:
        tag = etree.QName(child).localname
        attributes = "".join(
            f' {etree.QName(name).localname}="{html.escape(value)}"' for name, value in child.items()
        )
        yield f"<{tag}{attributes}>"
        if len(child) or child.text:
            yield from _markup(child)
        if tag not in _VOID:
            yield f"</{tag}>"
        yield html.escape(child.tail or "", quote=False)
