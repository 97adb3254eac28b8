"""Reserved words: the first segments of Everpost's own paths, which cannot be slugs."""

import re

RESERVED: frozenset[str] = frozenset(
    {
        ".well-known",
        "api",
        "archive",
        "assets",
        "atom.xml",
        "authors",
        "comments",
        "desk",
        "embed",
        "favicon.ico",
        "feed.json",
        "feeds",
        "health",
        "login",
        "logout",
        "media",
        "preview",
        "robots.txt",
        "rss.xml",
        "search",
        "sitemap.xml",
        "static",
        "tags",
    }
)

_SITEMAP_FILE = re.compile(r"sitemap-[0-9]+\.xml")


def is_reserved(segment: str) -> bool:
    """Whether Everpost uses the paths that begin with this segment."""
    return segment in RESERVED or _SITEMAP_FILE.fullmatch(segment) is not None
