"""Find the files of a folder that may be posts."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from everpost.errors import BrokenFile
from everpost.transfer.importers.markdown.configuration.patterns import Patterns, expressions, globs
from everpost.transfer.importers.markdown.configuration.pelican_settings import is_outside
from everpost.transfer.importers.markdown.configuration.sites import Generator, Site, find_site
from everpost.transfer.importers.markdown.front_matter.fields import lowered, texts_of
from everpost.transfer.importers.model import Note, Outcome, UnreadablePart

LARGEST = 16 * 1024 * 1024
"""Bytes of the largest file that is read; a post has at most a million characters of up to four bytes."""
_MARKDOWN = frozenset({".md", ".markdown", ".mkd", ".mkdn", ".mkdown", ".mdown", ".mdwn"})
_HTML = frozenset({".html", ".htm"})
_UNREAD = {
    ".mdx": "MDX, Markdown with components, is not read",
    ".rst": "reStructuredText is not read",
    ".adoc": "AsciiDoc is not read",
    ".asciidoc": "AsciiDoc is not read",
    ".asc": "AsciiDoc is not read",
    ".org": "Org is not read",
    ".textile": "Textile is not read",
    ".ipynb": "notebooks are not read",
    ".rmd": "R Markdown is not read",
    ".qmd": "Quarto is not read",
    **dict.fromkeys(
        (".njk", ".liquid", ".ejs", ".pug", ".haml", ".hbs", ".mustache", ".webc", ".vto", ".slim", ".erb"),
        "templates are not read",
    ),
}
"""Text files that generators render as pages and Everpost does not read."""
_JEKYLL = frozenset({"_posts", "_drafts"})
_DATED = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-.*", re.DOTALL | re.ASCII)
"""The required form of file names in `_posts`: https://github.com/jekyll/jekyll, `Document`."""
_SECTION = "_index"
_NOT_CONTENT = frozenset({"node_modules", "bower_components", "gemfiles"})
_GEMS = frozenset({"bundle", "cache", "gems", "ruby"})
"""Bundler's folders in `vendor`: https://jekyllrb.com/docs/configuration/options/ (exclude)"""
_WHOLE_SITES = frozenset({Generator.HUGO, Generator.ZOLA, Generator.PELICAN})
"""Generators that keep all pages in one folder of the site."""
_OF_POSTS = frozenset({Generator.JEKYLL, Generator.HEXO})
"""Generators that keep posts in folders called `_posts` and `_drafts`."""
_EXCLUDING: Mapping[Generator, tuple[str, ...]] = {
    Generator.ZOLA: ("ignored_content",),
    Generator.HEXO: ("skip_render", "exclude", "ignore"),
}
"""The settings with patterns of files that are not published."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be a post."""

    path: Path
    place: str
    """The path relative to the folder, with `/`."""
    is_in_bundle: bool = False
    """Whether it is beside or below an `index`, where Hugo keeps the resources of that page."""
    doubt: str = ""
    """Why its generator may not publish the file; empty if it does."""

    @property
    def is_html(self) -> bool:
        return self.path.suffix.lower() in _HTML

    @property
    def has_dated_name(self) -> bool:
        """Whether its name begins with a date, as required of Jekyll's posts."""
        return bool(_DATED.fullmatch(self.path.stem))

    @property
    def is_draft(self) -> bool:
        """Whether it is in `_drafts`."""
        return "_drafts" in self.path.parts

    @property
    def is_post_of_jekyll(self) -> bool:
        """Whether it is in `_posts` or `_drafts`."""
        return bool(_JEKYLL & {*self.path.parts})


class Folder:
    """A folder of pages, as a static site generator reads it."""

    def __init__(self, path: Path) -> None:
        """Raises BrokenFile if the path is not a folder."""
        if not path.is_dir():
            raise BrokenFile(
                path.name or str(path), "", "is not a folder" if path.exists() else "does not exist"
            )
        self.path = path.resolve()
        self.site = find_site(self.path)
        self._excluded = self.site.texts("exclude")
        self.hidden = _hidden(self.site)
        """Patterns of other files that the configuration excludes."""
        self._included = self.site.texts("include")
        self._content_folders = self._find_content_folders()
        self._has_bundles = False
        names = list(self._names_in_posts())
        is_site = self.site.root == self.path and self.site.generator in _OF_POSTS
        is_inside = bool(names) or bool(_JEKYLL & {*self.path.parts})
        self.is_jekyll = is_site or (is_inside and self.site.generator is not Generator.ELEVENTY)
        """Whether posts are only in `_posts` and `_drafts`, and all other files are pages."""
        # Hexo uses the same folders with any names. If the generator is unknown, the names tell.
        is_like_jekyll = self.site.generator is None and any(map(_DATED.fullmatch, names))
        self._has_dated_names = self.site.generator is Generator.JEKYLL or is_like_jekyll
        self._has_bundles = not self.is_jekyll and self.site.generator in {Generator.HUGO, None}

    def files(self, *, pages: bool) -> Iterator[File | Note | UnreadablePart]:
        """The files that may be posts, a note for each file that is not a post, and a problem for each
        inaccessible file, in the order of their paths.
        """
        for path, mode, is_in_bundle in self._walk():
            place = shown(path.relative_to(self.path))
            if isinstance(mode, str):
                yield UnreadablePart(kind="file", name=place, reason=mode)
            elif stat.S_ISDIR(mode):
                yield Note(outcome=Outcome.DROPPED, kind="folder", name=place, reason="not site content")
            elif reason := self._reason_against(path, mode, pages=pages):
                kind = "page" if _is_text(path) or path.suffix.lower() in _UNREAD else "file"
                yield Note(outcome=Outcome.DROPPED, kind=kind, name=place, reason=reason)
            else:
                yield File(path, place, is_in_bundle, self._doubt(path))

    def places(self, *, pages: bool) -> Iterator[str]:
        """The relative paths of the files that may be posts, without reading them."""
        return (each.place for each in self.files(pages=pages) if isinstance(each, File))

    def _doubt(self, path: Path) -> str:
        if self.site.problems:
            return "the configuration of its site cannot be read"
        if self._has_dated_names and _is_undated(path):
            return "Jekyll does not publish files in _posts without a date in their name"
        if self.hidden.match(self._of_site(path)) is None:
            return "it is unclear which files its configuration excludes"
        if self.site.generator is None and path.name.startswith("_"):
            return "its name begins with _, and many generators do not publish such files"
        if self.site.generator is Generator.PELICAN and is_outside(self.site.settings, self._of_site(path)):
            return "it is not in ARTICLE_PATHS of pelicanconf.py"
        return ""

    def _of_site(self, path: Path) -> str:
        return path.relative_to(self.site.root).as_posix()

    def _walk(self) -> Iterator[tuple[Path, int | str, bool]]:
        """All files and skipped folders, each with its mode, or else the error, and whether it is in a
        bundle.
        """
        waiting = [(self.path, False)]
        is_hugo = self.site.generator is Generator.HUGO
        while waiting:
            path, is_in_bundle = waiting.pop()
            try:
                mode = path.lstat().st_mode
                if path != self.path and (not stat.S_ISDIR(mode) or self._is_skipped(path)):
                    yield path, mode, is_in_bundle
                    continue
                inside = sorted(path.iterdir(), key=_order, reverse=True)
            except OSError as error:
                yield path, error.strerror or "cannot be read", is_in_bundle
                continue
            is_bundle = self._has_bundles and path != self.path and any(map(_is_index, inside))
            # The pages of nested bundles are resources in Hugo, and pages otherwise.
            is_resource = is_in_bundle and is_hugo
            waiting += [
                (each, is_resource if _is_index(each) else is_bundle or is_in_bundle) for each in inside
            ]

    def _find_content_folders(self) -> frozenset[str]:
        """The folders with the pages of a whole site; empty if the folder has only pages."""
        if self.site.root != self.path or self.site.generator not in _WHOLE_SITES:
            return frozenset()
        languages = self.site.settings.get("languages")
        each = languages.values() if isinstance(languages, dict) else []
        fields = [{str(k).lower(): v for k, v in of.items()} for of in each if isinstance(of, dict)]
        named = [
            self.site.text("contentdir", "path"),
            *(t for of in fields for t in texts_of(of.get("contentdir"))),
        ]
        tops = {PurePosixPath(name).parts[0] for name in named if name.strip("./")} | {"content"}
        return frozenset(top for top in tops if (self.path / top).is_dir())

    def _names_in_posts(self) -> Iterator[str]:
        """The names of all files in `_posts` and `_drafts`, at any depth."""
        for path, _, _ in self._walk():
            if _JEKYLL & {*path.relative_to(self.path).parts[:-1], self.path.name}:
                yield path.name

    def _is_skipped(self, path: Path) -> bool:
        if self._content_folders and path.parent == self.path and path.name not in self._content_folders:
            return True
        if self._matches(path, self._included):
            return False
        return (
            path.name in _NOT_CONTENT
            or (path.parent.name == "vendor" and path.name in _GEMS)
            or (path.name[0] in "._" and path.name not in _JEKYLL)
            or self._matches(path, self._excluded)
            or (path.name not in self._content_folders and bool(self.hidden.match(self._of_site(path))))
        )

    def _matches(self, path: Path, patterns: list[str]) -> bool:
        """Whether a pattern, or a prefix of the path, matches as in Jekyll."""
        if not patterns or not path.is_relative_to(self.site.root):
            return False
        place = path.relative_to(self.site.root).as_posix()
        return any(
            fnmatchcase(place, pattern) or f"{place}/".startswith(f"{pattern}/") or place.startswith(pattern)
            for each in patterns
            if (pattern := each.strip().strip("/"))
        )

    def _reason_against(self, path: Path, mode: int, *, pages: bool) -> str:
        """Why the file is not a post; empty if it may be one."""
        if not stat.S_ISREG(mode):
            return "a symbolic link" if stat.S_ISLNK(mode) else "not a file"
        if not _is_text(path):
            return _UNREAD.get(path.suffix.lower(), "neither Markdown nor HTML")
        is_excluded = self._matches(path, self._excluded) and not self._matches(path, self._included)
        is_excluded = is_excluded or bool(self.hidden.match(self._of_site(path)))
        is_page = self.is_jekyll and not pages and not _JEKYLL & {*path.parts}
        reasons = {
            "a hidden file": path.name[0] in (".#~_" if self.is_jekyll else ".#~"),
            "not site content": bool(self._content_folders) and path.parent == self.path,
            "the configuration excludes it": is_excluded,
            "a section page": path.name.partition(".")[0] == _SECTION,
            "a page, not a post": is_page,
            f"larger than {LARGEST:,} bytes, more than a post can be": path.lstat().st_size > LARGEST,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")


def _hidden(site: Site) -> Patterns:
    """Patterns of files that the settings of generators other than Jekyll exclude."""
    if site.generator is Generator.HUGO:
        module = lowered(site.settings.get("module"))
        mounts = module.get("mounts")
        has_filters = {"excludefiles", "includefiles", "files"} & {
            key for each in (mounts if isinstance(mounts, list) else []) for key in lowered(each)
        }
        ignored = expressions(site.texts("ignorefiles"))
        return replace(ignored, is_understood=ignored.is_understood and not has_filters)
    if site.generator is Generator.PELICAN:
        folders = (text.strip("/") for text in site.texts("article_excludes"))
        return globs([*site.texts("ignore_files"), *(f"{folder}/*" for folder in folders if folder)])
    names = _EXCLUDING.get(site.generator, ()) if site.generator else ()
    return globs(text for name in names for text in site.texts(name))


def shown(path: Path) -> str:
    """The path with `/`, and with invalid UTF-8 replaced."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _is_undated(path: Path) -> bool:
    """Whether the file is in `_posts`, and its name does not begin with a date."""
    return "_posts" in path.parts and "_drafts" not in path.parts and not _DATED.fullmatch(path.stem)


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in _MARKDOWN | _HTML


def _is_index(path: Path) -> bool:
    """Whether the file is the page of a bundle, in any language."""
    return path.name.partition(".")[0] == "index" and path.suffix.lower() in _MARKDOWN


def _order(path: Path) -> bytes:
    return os.fsencode(path.name)
