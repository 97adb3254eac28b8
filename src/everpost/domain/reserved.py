"""Reserved words: the first segments of Everpost's own paths, which cannot be slugs."""

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


def is_reserved(segment: str) -> bool:
    """Whether Everpost uses the paths that begin with this segment."""
    return segment in RESERVED
