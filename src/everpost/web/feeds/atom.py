"""Atom: RFC 4287, with pages of RFC 5005."""

from lxml import etree
from lxml.etree import _Element

from everpost.api.schemas.text import format_timestamp
from everpost.web.feeds.document import Document, Entry, Person
from everpost.web.feeds.xml import LANGUAGE, add, serialize

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"


def write_atom(document: Document) -> bytes:
    """The document as Atom."""
    root = etree.Element(_tag("feed"), {LANGUAGE: document.language}, nsmap={None: ATOM})
    add(root, _tag("id"), document.id)
    add(root, _tag("title"), document.title)
    if document.description:
        add(root, _tag("subtitle"), document.description)
    add(root, _tag("updated"), format_timestamp(document.updated))
    _add_person(root, Person(name=document.site))
    add(root, _tag("link"), rel="alternate", type="text/html", href=document.home)
    add_page_links(root, document, MEDIA_TYPE)
    for entry in document.entries:
        _add_entry(root, entry)
    return serialize(root)


def add_page_links(parent: _Element, document: Document, media_type: str) -> None:
    """Add the links to this and to the other pages of the feed."""
    links = (
        ("self", document.url),
        ("first", document.first),
        ("previous", document.newer),
        ("next", document.older),
    )
    for rel, url in links:
        if url is not None:
            add(parent, _tag("link"), rel=rel, type=media_type, href=url)


def _add_entry(root: _Element, entry: Entry) -> None:
    element = add(root, _tag("entry"))
    add(element, _tag("id"), entry.id)
    add(element, _tag("title"), entry.title)
    add(element, _tag("link"), rel="alternate", type="text/html", href=entry.url)
    add(element, _tag("published"), format_timestamp(entry.published))
    add(element, _tag("updated"), format_timestamp(entry.updated))
    if entry.author is not None:
        _add_person(element, entry.author)
    for tag in entry.tags:
        add(element, _tag("category"), term=tag)
    if entry.summary:
        add(element, _tag("summary"), entry.summary)
    add(element, _tag("content"), entry.html, type="html")


def _add_person(parent: _Element, person: Person) -> None:
    element = add(parent, _tag("author"))
    add(element, _tag("name"), person.name)
    if person.url is not None:
        add(element, _tag("uri"), person.url)


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"
