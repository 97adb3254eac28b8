"""Parsed feeds, in any format."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from lxml import etree

from everpost.domain.people.users import Author
from everpost.domain.posts import Post
from tests.contract.pages.conftest import Site

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
MEDIA_TYPES = {
    "atom.xml": "application/atom+xml; charset=utf-8",
    "rss.xml": "application/rss+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
FILES = tuple(MEDIA_TYPES)


@dataclass(frozen=True)
class Item:
    """The fields of an entry that every format has."""

    id: str
    title: str
    url: str
    html: str
    author: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """The fields of a feed that every format has."""

    title: str
    home: str
    url: str
    next: str | None
    items: Sequence[Item]
    previous: str | None = None
    first: str | None = None

    @property
    def titles(self) -> list[str]:
        return [item.title for item in self.items]


def paths(post: Post, *, tag: str = "t", author: Author) -> list[str]:
    """The paths of every feed in which the post could be."""
    above = ("", f"/tags/{tag}", f"/authors/{author.id}", "/comments", f"/comments/{post.id}")
    return [f"{each}/{file}" for each in above for file in FILES]


async def read(site: Site, path: str) -> Feed:
    """The feed at this path, which must exist."""
    answer = await site.get(path)
    assert answer.status_code == 200, path
    return parse(answer)


def parse(answer: httpx.Response) -> Feed:
    """The feed in a response."""
    file = answer.url.path.rpartition("/")[2]
    assert answer.headers["content-type"] == MEDIA_TYPES[file]
    if file == "feed.json":
        return _json(json.loads(answer.content))
    root = etree.fromstring(answer.content)
    return _atom(root) if file == "atom.xml" else _rss(root[0])


def _json(feed: dict[str, object]) -> Feed:
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    items = feed["items"]
    assert isinstance(items, list)
    return Feed(
        title=str(feed["title"]),
        home=str(feed["home_page_url"]),
        url=str(feed["feed_url"]),
        next=str(feed["next_url"]) if "next_url" in feed else None,
        items=[
            Item(
                each["id"],
                each["title"],
                each["url"],
                each["content_html"],
                each["authors"][0]["name"] if "authors" in each else "",
                tuple(each.get("tags", ())),
            )
            for each in items
        ],
    )


def _atom(feed: etree._Element) -> Feed:
    return Feed(
        title=_text(feed, f"{ATOM}title"),
        home=_link(feed, "alternate") or "",
        url=_link(feed, "self") or "",
        next=_link(feed, "next"),
        previous=_link(feed, "previous"),
        first=_link(feed, "first"),
        items=[
            Item(
                _text(each, f"{ATOM}id"),
                _text(each, f"{ATOM}title"),
                _link(each, "alternate") or "",
                _text(each, f"{ATOM}content"),
                _text(each, f"{ATOM}author/{ATOM}name"),
                tuple(tag.attrib["term"] for tag in each.findall(f"{ATOM}category")),
            )
            for each in feed.findall(f"{ATOM}entry")
        ],
    )


def _rss(channel: etree._Element) -> Feed:
    return Feed(
        title=_text(channel, "title"),
        home=_text(channel, "link"),
        url=_link(channel, "self") or "",
        next=_link(channel, "next"),
        previous=_link(channel, "previous"),
        first=_link(channel, "first"),
        items=[
            Item(
                _text(each, "guid[@isPermaLink='false']"),
                _text(each, "title"),
                _text(each, "link"),
                _text(each, CONTENT),
                _text(each, CREATOR),
                tuple(tag.text or "" for tag in each.findall("category")),
            )
            for each in channel.findall("item")
        ],
    )


def _text(parent: etree._Element, path: str) -> str:
    return parent.findtext(path) or ""


def _link(parent: etree._Element, rel: str) -> str | None:
    found = parent.find(f"{ATOM}link[@rel='{rel}']")
    return None if found is None else found.attrib["href"]
