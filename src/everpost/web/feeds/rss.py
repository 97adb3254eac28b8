"""RSS 2.0, with the usual extensions for content and authors.

https://www.rssboard.org/rss-specification, https://www.rssboard.org/rss-profile
"""

from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from lxml import etree
from lxml.etree import _Element

from everpost.api.schemas.text import format_timestamp
from everpost.web.feeds.atom import ATOM, add_page_links
from everpost.web.feeds.document import Document, Entry
from everpost.web.feeds.xml import add, serialize

MEDIA_TYPE = "application/rss+xml"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"


def write_rss(document: Document) -> bytes:
    """The document as RSS."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM, "content": _CONTENT, "dc": _DUBLIN_CORE})
    channel = add(root, "channel")
    add(channel, "title", document.title)
    add(channel, "link", document.home)
    add(channel, "description", document.description or document.title)
    add(channel, "language", document.language)
    add(channel, "lastBuildDate", _date(document.updated))
    add_page_links(channel, document, MEDIA_TYPE)
    for entry in document.entries:
        _add_item(channel, entry)
    return serialize(root)


def _add_item(channel: _Element, entry: Entry) -> None:
    item = add(channel, "item")
    add(item, "title", entry.title)
    add(item, "link", entry.url)
    add(item, "guid", entry.id, isPermaLink="false")
    add(item, "pubDate", _date(entry.published))
    add(item, f"{{{ATOM}}}updated", format_timestamp(entry.updated))
    if entry.author is not None:
        add(item, f"{{{_DUBLIN_CORE}}}creator", entry.author.name)
    for tag in entry.tags:
        add(item, "category", tag)
    if entry.comments_url is not None:
        add(item, "comments", entry.comments_url)
    if entry.summary:
        add(item, "description", _html(entry.summary))
    add(item, f"{{{_CONTENT}}}encoded", entry.html)


def _html(text: str) -> str:
    """The text for an element that contains HTML."""
    return escape(text, quote=False)


def _date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
