"""Resolve the template tags that link to other pages."""

import posixpath
import re
from functools import cached_property

from everpost.domain.text import normalize_slug
from everpost.errors import BrokenFile
from everpost.transfer.importers.markdown.folders import File, Folder
from everpost.transfer.importers.markdown.front_matter.parser import ForeignFrontMatter, read_page
from everpost.transfer.importers.markdown.page import MarkdownPage
from everpost.transfer.importers.markdown.page_names import name_of

_SUFFIX = re.compile(
    r"\.(?:[a-z]{2}\.)?(?:html?\.)?(?:md|markdown|mkd|mkdn|mkdown|mdown|html?)$", re.IGNORECASE
)


class Links:
    """The URL paths of the posts of a folder in Everpost: `/` and the slug. The folder is read lazily."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        site = folder.site
        self._site = site
        self.base_path = site.text("baseurl").rstrip("/") if "://" not in site.text("baseurl") else ""
        """The prefix of all paths of the site."""
        self.site_url = site.text("url", "base_url").rstrip("/")
        """The URL of the site; for Hugo and Zola with the path."""

    def setting(self, name: str) -> str | None:
        """The configured value if it is text, or else None."""
        return self._site.text(name) or None

    def to(self, target: str, place: str) -> str | None:
        """The URL path of `target`, as the page at `place` refers to it; None if there is no such page."""
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
        """The slugs of all posts, by path without extension."""
        files = (each for each in self._folder.files(pages=True) if isinstance(each, File))
        return {_key(file.place): slug for file in files if (slug := _slug(file))}

    @cached_property
    def _by_name(self) -> dict[str, str]:
        """The slugs by the last part of the path; empty if it is ambiguous."""
        names: dict[str, str] = {}
        for key, slug in self._slugs.items():
            name = key.rpartition("/")[2]
            names[name] = "" if name in names else slug
        return names


def _key(path: str) -> str:
    """The path without its extension; for a bundle, its folder."""
    key = _SUFFIX.sub("", path.strip("/"))
    return key.removesuffix("/index").removesuffix("/_index")


def _slug(file: File) -> str:
    try:
        text = file.path.read_bytes().decode("utf-8-sig")
        page = read_page(text, file.place) or MarkdownPage({}, text)
    except (BrokenFile, ForeignFrontMatter, OSError, UnicodeDecodeError):
        return ""
    return normalize_slug(name_of(file.place, page).slug)
