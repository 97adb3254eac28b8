"""JSON Feed 1.1: https://www.jsonfeed.org/version/1.1/"""

from collections.abc import Mapping

import orjson

from everpost.api.schemas.text import format_timestamp
from everpost.web.feeds.document import Document, Entry, Person

MEDIA_TYPE = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"


def write_json_feed(document: Document) -> bytes:
    """The document as a JSON Feed."""
    facts: dict[str, object] = {
        "version": _VERSION,
        "title": document.title,
        "home_page_url": document.home,
        "feed_url": document.url,
        "next_url": document.older,
        "description": document.description,
        "language": document.language,
        "authors": [{"name": document.site}],
    }
    items = [_item(entry) for entry in document.entries]
    return orjson.dumps({**_given(facts), "items": items})


def _item(entry: Entry) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "image": entry.image,
        "date_published": format_timestamp(entry.published),
        "date_modified": format_timestamp(entry.updated),
        "authors": [] if entry.author is None else [_author(entry.author)],
        "tags": entry.tags,
    }
    return _given(facts) | {"content_html": entry.html}


def _author(person: Person) -> dict[str, object]:
    return _given({"name": person.name, "url": person.url})


def _given(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value}
