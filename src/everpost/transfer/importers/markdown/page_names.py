"""Derive the slug, title and date of a page from its path and its URLs."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from everpost.transfer.importers.formats.percent_encoding import percent_decoded
from everpost.transfer.importers.markdown.page import MarkdownPage

_DATED = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?P<mark>[-_.](?P<rest>.*))?", re.DOTALL | re.ASCII)
_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
"""A name that only numbers the posts of one day."""
_DATE_ABOVE = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})/(\d{1,2})$", re.ASCII)
_DATE_IN_PATH = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})/(\d{1,2})(?:/|$)", re.ASCII)
_BUNDLE = re.compile(r"index(\.[a-z]{2,3}([-_][a-z]+)?)?", re.IGNORECASE)
"""`index`, or `index.fr` in a bundle of several languages."""
_URLS = ("permalink", "url", "path")
_INNER_EXTENSION = re.compile(r"\.html?$", re.IGNORECASE)
"""Middleman renders `post.html.md` as `post.html`."""
_EXTENSION = re.compile(r"\.(html?|php|aspx?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageName:
    """The names of a page."""

    slug: str
    """Empty if it is generated from the title."""
    default_title: str
    """A title for a page that has none."""
    date: datetime | None
    """Midnight, UTC."""
    stem: str = ""
    """The name of its file, or of its folder if that is `index`, without extension."""
    bare: str = ""
    """The same without a date before it."""
    folders: tuple[str, ...] = ()
    """The folders that it is in."""


def name_of(place: str, page: MarkdownPage) -> PageName:
    """The names of the page at this relative path: from its field `slug`, the last part of its URL, its file
    name, or, if that is `index`, its folder. A date before a name is removed, unless the name only numbers
    the posts of that day.
    """
    path = PurePosixPath(place)
    stem = _INNER_EXTENSION.sub("", path.stem)
    if _BUNDLE.fullmatch(stem) and path.parent.name:
        path = path.parent
        stem = _INNER_EXTENSION.sub("", path.name)
    stem = decoded(stem)
    dated = _DATED.fullmatch(stem)
    date = _to_date(dated["date"].split("-")) if dated else None
    bare = (dated["rest"] or "") if dated else stem
    default_title = re.sub(r"[-_\s]+", " ", bare).strip() or (dated["date"] if dated else stem)
    undated = bare or stem
    if _NUMBER.fullmatch(bare) and (day := date or _date_above(path)):
        default_title = f"{day:%Y-%m-%d}-{bare}"
        bare = bare if date else default_title  # the URL ends in the number after the date
    urls = [url for name in _URLS if (url := url_of(page.text(name)))]
    slug = (
        decoded(page.text("slug").strip())
        or next((end for each in urls if (end := last_part_of(each))), "")
        or bare
        or ("" if dated and (dated["mark"] or "_posts" in path.parts) else stem)
    )
    return PageName(
        slug,
        default_title[:1].upper() + default_title[1:],
        date or _date_in([*urls, place]),
        stem=stem,
        bare=undated,
        folders=path.parent.parts,
    )


def url_of(text: str) -> str:
    """The URL; empty if it is a pattern, or the name of a permalink style."""
    return "" if "/" not in text or re.search(r":[a-z]|[{}]", text.partition("://")[2] or text) else text


def last_part_of(url: str) -> str:
    """The last part of the path of a URL, without its extension."""
    path = re.sub(r"[?#].*", "", url.partition("://")[2] or url, flags=re.DOTALL)
    parts = [part for part in path.split("/") if part and not re.fullmatch(r"index\.\w+", part)]
    if "://" in url:
        parts = parts[1:]
    return _EXTENSION.sub("", decoded(parts[-1])) if parts else ""


def decoded(text: str) -> str:
    """The text without percent-encoding; unchanged if decoding it yields a slash or a null character."""
    found = percent_decoded(text)
    return text if "/" in found or "\x00" in found else found


def _date_above(path: PurePosixPath) -> datetime | None:
    """The date that the parent folders of the path form."""
    found = _DATE_ABOVE.search(str(path.parent))
    return _to_date(list(found.groups())) if found else None


def _date_in(paths: list[str]) -> datetime | None:
    for path in paths:
        found = _DATE_IN_PATH.search(path)
        if found and (date := _to_date(list(found.groups()))):
            return date
    return None


def _to_date(numbers: list[str]) -> datetime | None:
    try:
        year, month, day = map(int, numbers)
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
