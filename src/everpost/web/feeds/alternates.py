"""Links to feeds, for pages."""

from everpost.web.contexts import Feed
from everpost.web.feeds.formats import FORMATS, Format


def feed_path(page: str, format: Format) -> str:
    """The path of the feed of a page, which is below its own."""
    return f"{page.rstrip('/')}/{format.file}"


def feeds_of(page: str, title: str) -> tuple[Feed, ...]:
    """The feeds of a page, in all formats."""
    return tuple(
        Feed(title=f"{title} ({each.name})", url=feed_path(page, each), media_type=each.media_type)
        for each in FORMATS.values()
    )
