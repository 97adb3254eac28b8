"""What the names of a page say: its path in the folder, and its addresses on the site."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from everpost.transfer.importers.formats.percent_encoding import percent_decoded
from everpost.transfer.importers.markdown.page import Page

_DATED = re.compile(r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?P<mark>[-_.](?P<rest>.*))?", re.DOTALL | re.ASCII)
_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
"""A name that only counts the posts of one day."""
_DATE_ABOVE = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})/(\d{1,2})$", re.ASCII)
_DATE_IN_PATH = re.compile(r"(?:^|/)(\d{4})/(\d{1,2})/(\d{1,2})(?:/|$)", re.ASCII)
_BUNDLE = re.compile(r"index(\.[a-z]{2,3}([-_][a-z]+)?)?", re.IGNORECASE)
"""`index`, or `index.fr` in a bundle of several languages."""
_ADDRESSES = ("permalink", "url", "path")
_INNER_EXTENSION = re.compile(r"\.html?$", re.IGNORECASE)
"""`post.html.md` is what Middleman makes `post.html` of."""
_EXTENSION = re.compile(r"\.(html?|php|aspx?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageName:
    """What a page is called."""

    slug: str
    """Empty where it is to be made from the title."""
    words: str
    """What can be its title."""
    date: datetime | None
    """Midnight, UTC."""


def name_of(place: str, page: Page) -> PageName:
    """What the page at this path is called: by its field `slug`, by the end of its address, by its file,
    or, where that is an `index`, by its folder. A date before a name is not part of it, unless the name only
    counts the posts of that day.
    """
    path = PurePosixPath(place)
    stem = _INNER_EXTENSION.sub("", path.stem)
    if _BUNDLE.fullmatch(stem) and path.parent.name:
        path = path.parent
        stem = _INNER_EXTENSION.sub("", path.name)
    stem = decoded(stem)
    dated = _DATED.fullmatch(stem)
    date = _moment(dated["date"].split("-")) if dated else None
    bare = (dated["rest"] or "") if dated else stem
    words = re.sub(r"[-_\s]+", " ", bare).strip() or (dated["date"] if dated else stem)
    if _NUMBER.fullmatch(bare) and (day := date or _date_above(path)):
        words = f"{day:%Y-%m-%d}-{bare}"
        bare = bare if date else words  # a number behind a date is the end of its address
    addresses = [address for name in _ADDRESSES if (address := address_of(page.text(name)))]
    slug = (
        decoded(page.text("slug").strip())
        or next((end for each in addresses if (end := end_of(each))), "")
        or bare
        or ("" if dated and (dated["mark"] or "_posts" in path.parts) else stem)
    )
    return PageName(slug, words[:1].upper() + words[1:], date or _date_in([*addresses, place]))


def address_of(text: str) -> str:
    """The address; empty where it is only a pattern of one, or the name of a style."""
    return "" if "/" not in text or re.search(r":[a-z]|[{}]", text.partition("://")[2] or text) else text


def end_of(address: str) -> str:
    """The last part of the path of an address."""
    path = re.sub(r"[?#].*", "", address.partition("://")[2] or address, flags=re.DOTALL)
    parts = [part for part in path.split("/") if part and not re.fullmatch(r"index\.\w+", part)]
    if "://" in address:
        parts = parts[1:]
    return _EXTENSION.sub("", decoded(parts[-1])) if parts else ""


def decoded(text: str) -> str:
    """The text without percent-encoding; as it is where that hides more than a name."""
    found = percent_decoded(text)
    return text if "/" in found or "\x00" in found else found


def _date_above(path: PurePosixPath) -> datetime | None:
    """The date that the folders around the path are."""
    found = _DATE_ABOVE.search(str(path.parent))
    return _moment(list(found.groups())) if found else None


def _date_in(paths: list[str]) -> datetime | None:
    for path in paths:
        found = _DATE_IN_PATH.search(path)
        if found and (date := _moment(list(found.groups()))):
            return date
    return None


def _moment(numbers: list[str]) -> datetime | None:
    try:
        year, month, day = map(int, numbers)
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
