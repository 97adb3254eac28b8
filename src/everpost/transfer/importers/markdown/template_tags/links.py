"""Where the tags of generators that name another page lead to here."""

import posixpath
import re
from functools import cached_property

from everpost.domain.text import normalize_slug
from everpost.errors import BrokenFile
from everpost.transfer.importers.markdown.folders import File, Folder
from everpost.transfer.importers.markdown.front_matter.parser import ForeignFrontMatter, read_page
from everpost.transfer.importers.markdown.page import Page
from everpost.transfer.importers.markdown.page_names import name_of

_SUFFIX = re.compile(
    r"\.(?:[a-z]{2}\.)?(?:html?\.)?(?:md|markdown|mkd|mkdn|mkdown|mdown|html?)$", re.IGNORECASE
)


class Links:
    """The addresses of the posts of a folder: `/` and the slug, as posts are found here. The folder is read
    the first time that a page asks.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        site = folder.site
        self._site = site
        self.base_path = site.text("baseurl").rstrip("/") if "://" not in site.text("baseurl") else ""
        """What the site puts before its paths."""
        self.site_url = site.text("url", "base_url").rstrip("/")
        """The address of the site; for Hugo and Zola with the path."""

    def setting(self, name: str) -> str | None:
        """What the configuration says, where that is one text."""
        return self._site.text(name) or None

    def to(self, target: str, place: str) -> str | None:
        """The address of the page that is called so on the page at this place; None where there is none."""
        path, mark, fragment = target.strip().partition("#")
        if not path:
            return f"#{fragment}" if fragment else None
        path = path.removeprefix("@/").strip()
        wanted = _key(path.lstrip("/"))
        near = _key(posixpath.normpath(posixpath.join(posixpath.dirname(place), path)))
        for each in (wanted if path.startswith("/") else near, wanted, f"_posts/{wanted}"):
            if slug := self._slugs.get(each):
                return f"/{slug}{mark}{fragment}"
        slug = self._by_name.get(wanted.rpartition("/")[2])
        return f"/{slug}{mark}{fragment}" if slug else None

    @cached_property
    def _slugs(self) -> dict[str, str]:
        """Of all posts, by their paths without the ending."""
        files = (each for each in self._folder.files(pages=True) if isinstance(each, File))
        return {_key(file.place): slug for file in files if (slug := _slug(file))}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """By the last parts of their paths; those that two have are left out."""
        names: dict[str, str] = {}
        for key, slug in self._slugs.items():
            name = key.rpartition("/")[2]
            names[name] = "" if name in names else slug
        return names


def _key(path: str) -> str:
    """The path without its ending; a bundle is called by its folder."""
    key = _SUFFIX.sub("", path.strip("/"))
    return key.removesuffix("/index").removesuffix("/_index")


def _slug(file: File) -> str:
    try:
        text = file.path.read_bytes().decode("utf-8-sig")
        page = read_page(text, file.place) or Page({}, text)
    except (BrokenFile, ForeignFrontMatter, OSError, UnicodeDecodeError):
        return ""
    return normalize_slug(name_of(file.place, page).slug)
