"""Which files of a folder are posts."""

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
from everpost.transfer.importers.model import Note, Outcome, Problem

LARGEST = 16 * 1024 * 1024
"""Bytes of a file that is read; a post has a million characters, each of four bytes at most."""
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
"""Files of text that generators make pages of, and Everpost does not."""
_JEKYLL = frozenset({"_posts", "_drafts"})
_DATED = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}-.*", re.DOTALL | re.ASCII)
"""What the name of a file in `_posts` has to be: https://github.com/jekyll/jekyll, `Document`."""
_SECTION = "_index"
_NOT_CONTENT = frozenset({"node_modules", "bower_components", "gemfiles"})
_GEMS = frozenset({"bundle", "cache", "gems", "ruby"})
"""What Bundler puts into `vendor`: https://jekyllrb.com/docs/configuration/options/ (exclude)"""
_WHOLE_SITES = frozenset({Generator.HUGO, Generator.ZOLA, Generator.PELICAN})
"""Those that have their pages in one folder of the site."""
_OF_POSTS = frozenset({Generator.JEKYLL, Generator.HEXO})
"""Those that have their posts in folders of that name."""
_EXCLUDING: Mapping[Generator, tuple[str, ...]] = {
    Generator.ZOLA: ("ignored_content",),
    Generator.HEXO: ("skip_render", "exclude", "ignore"),
}
"""The settings that have patterns of files which are not shown."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be a post."""

    path: Path
    place: str
    """Its path inside the folder, with `/`."""
    is_in_bundle: bool = False
    """Beside or below an `index`, where Hugo has the resources of that page."""
    doubt: str = ""
    """Why its generator shows no such file, or may not."""

    @property
    def is_html(self) -> bool:
        return self.path.suffix.lower() in _HTML

    @property
    def has_dated_name(self) -> bool:
        """Whether its name begins with a date, as those of Jekyll's posts have to."""
        return bool(_DATED.fullmatch(self.path.stem))

    @property
    def is_draft(self) -> bool:
        """Whether it lies where Jekyll has its drafts."""
        return "_drafts" in self.path.parts

    @property
    def is_post_of_jekyll(self) -> bool:
        """Whether it lies where Jekyll has its posts."""
        return bool(_JEKYLL & {*self.path.parts})


class Folder:
    """A folder of pages, as a generator of static sites reads it."""

    def __init__(self, path: Path) -> None:
        """BrokenFile: it is none."""
        if not path.is_dir():
            raise BrokenFile(
                path.name or str(path), "", "is not a folder" if path.exists() else "does not exist"
            )
        self.path = path.resolve()
        self.site = find_site(self.path)
        self._excluded = self.site.texts("exclude")
        self.hidden = _hidden(self.site)
        """What else the configuration excludes."""
        self._included = self.site.texts("include")
        self._tops = self._folders_of_content()
        self._has_bundles = False
        names = list(self._names_in_posts())
        is_site = self.site.root == self.path and self.site.generator in _OF_POSTS
        is_inside = bool(names) or bool(_JEKYLL & {*self.path.parts})
        self.is_jekyll = is_site or (is_inside and self.site.generator is not Generator.ELEVENTY)
        """Whether posts are only in `_posts` and `_drafts`, and everything else is a page."""
        # Hexo's posts are there, too, with any name. Where nothing says which it is, the other names do.
        is_like_jekyll = self.site.generator is None and any(map(_DATED.fullmatch, names))
        self._has_dated_names = self.site.generator is Generator.JEKYLL or is_like_jekyll
        self._has_bundles = not self.is_jekyll and self.site.generator in {Generator.HUGO, None}

    def files(self, *, pages: bool) -> Iterator[File | Note | Problem]:
        """The files that may be posts, in the order of their paths, a note for each that is none, and a
        problem for each that cannot be looked at.
        """
        for path, mode, is_in_bundle in self._walk():
            place = shown(path.relative_to(self.path))
            if isinstance(mode, str):
                yield Problem(kind="file", name=place, reason=mode)
            elif stat.S_ISDIR(mode):
                yield Note(fate=Outcome.DROPPED, kind="folder", name=place, reason="not where posts are")
            elif reason := self._reason_against(path, mode, pages=pages):
                kind = "page" if _is_text(path) or path.suffix.lower() in _UNREAD else "file"
                yield Note(fate=Outcome.DROPPED, kind=kind, name=place, reason=reason)
            else:
                yield File(path, place, is_in_bundle, self._doubt(path))

    def places(self, *, pages: bool) -> Iterator[str]:
        """The paths of the files that may be posts, before any of them is read."""
        return (each.place for each in self.files(pages=pages) if isinstance(each, File))

    def _doubt(self, path: Path) -> str:
        if self.site.problems:
            return "the configuration of its site cannot be read"
        if self._has_dated_names and _is_undated(path):
            return "Jekyll shows no file of _posts whose name has no date"
        if self.hidden.match(self._of_site(path)) is None:
            return "which files its configuration excludes is not understood"
        if self.site.generator is None and path.name.startswith("_"):
            return "its name begins with _, and many generators show no such file"
        if self.site.generator is Generator.PELICAN and is_outside(self.site.settings, self._of_site(path)):
            return "it is not in ARTICLE_PATHS of pelicanconf.py"
        return ""

    def _of_site(self, path: Path) -> str:
        return path.relative_to(self.site.root).as_posix()

    def _walk(self) -> Iterator[tuple[Path, int | str, bool]]:
        """Every file and every folder that is passed over, with its mode, or why that is not known, and
        whether it is in a bundle.
        """
        waiting = [(self.path, False)]
        is_hugo = self.site.generator is Generator.HUGO
        while waiting:
            path, is_in_bundle = waiting.pop()
            try:
                mode = path.lstat().st_mode
                if path != self.path and (not stat.S_ISDIR(mode) or self._is_passed_over(path)):
                    yield path, mode, is_in_bundle
                    continue
                inside = sorted(path.iterdir(), key=_order, reverse=True)
            except OSError as error:
                yield path, error.strerror or "cannot be read", is_in_bundle
                continue
            is_bundle = self._has_bundles and path != self.path and any(map(_is_index, inside))
            # Pages of bundles in bundles are resources in Hugo, and pages everywhere else.
            is_resource = is_in_bundle and is_hugo
            waiting += [
                (each, is_resource if _is_index(each) else is_bundle or is_in_bundle) for each in inside
            ]

    def _folders_of_content(self) -> frozenset[str]:
        """Where the pages of a whole site are; empty for a folder that has nothing else."""
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
        """The names of all files in `_posts` and `_drafts`, at whatever depth."""
        for path, _, _ in self._walk():
            if _JEKYLL & {*path.relative_to(self.path).parts[:-1], self.path.name}:
                yield path.name

    def _is_passed_over(self, path: Path) -> bool:
        if self._tops and path.parent == self.path and path.name not in self._tops:
            return True
        if self._matches(path, self._included):
            return False
        return (
            path.name in _NOT_CONTENT
            or (path.parent.name == "vendor" and path.name in _GEMS)
            or (path.name[0] in "._" and path.name not in _JEKYLL)
            or self._matches(path, self._excluded)
            or (path.name not in self._tops and bool(self.hidden.match(self._of_site(path))))
        )

    def _matches(self, path: Path, patterns: list[str]) -> bool:
        """As Jekyll compares: the pattern, or that with which the path begins."""
        if not patterns or not path.is_relative_to(self.site.root):
            return False
        place = path.relative_to(self.site.root).as_posix()
        return any(
            fnmatchcase(place, pattern) or f"{place}/".startswith(f"{pattern}/") or place.startswith(pattern)
            for each in patterns
            if (pattern := each.strip().strip("/"))
        )

    def _reason_against(self, path: Path, mode: int, *, pages: bool) -> str:
        """Why the file is not a post; empty where it may be one."""
        if not stat.S_ISREG(mode):
            return "a symbolic link" if stat.S_ISLNK(mode) else "not a file"
        if not _is_text(path):
            return _UNREAD.get(path.suffix.lower(), "neither Markdown nor HTML")
        is_excluded = self._matches(path, self._excluded) and not self._matches(path, self._included)
        is_excluded = is_excluded or bool(self.hidden.match(self._of_site(path)))
        is_page = self.is_jekyll and not pages and not _JEKYLL & {*path.parts}
        reasons = {
            "a hidden file": path.name[0] in (".#~_" if self.is_jekyll else ".#~"),
            "not where posts are": bool(self._tops) and path.parent == self.path,
            "the configuration excludes it": is_excluded,
            "a section page": path.name.partition(".")[0] == _SECTION,
            "a page, not a post": is_page,
            f"larger than {LARGEST:,} bytes, more than a post can be": path.lstat().st_size > LARGEST,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")


def _hidden(site: Site) -> Patterns:
    """What the settings of a generator exclude, besides those of Jekyll."""
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
    """The path with `/`; what is not UTF-8 in it is replaced."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def _is_undated(path: Path) -> bool:
    """Whether it is in `_posts`, and its name does not begin with a date."""
    return "_posts" in path.parts and "_drafts" not in path.parts and not _DATED.fullmatch(path.stem)


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in _MARKDOWN | _HTML


def _is_index(path: Path) -> bool:
    """Whether it is the page of a bundle, in whatever language."""
    return path.name.partition(".")[0] == "index" and path.suffix.lower() in _MARKDOWN


def _order(path: Path) -> bytes:
    return os.fsencode(path.name)
