"""Fields that pages inherit from the configuration of Jekyll, Hugo and Pelican, the sections of Hugo and
Zola, and Eleventy's data files.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from everpost.errors import BrokenFile
from everpost.transfer.importers.markdown.configuration.patterns import globs
from everpost.transfer.importers.markdown.configuration.pelican_settings import fields_of
from everpost.transfer.importers.markdown.configuration.sites import Generator
from everpost.transfer.importers.markdown.dates import is_date_name
from everpost.transfer.importers.markdown.folders import File, Folder
from everpost.transfer.importers.markdown.front_matter.fields import (
    COMPUTED,
    Unreadable,
    lowered,
    merged,
    text_of,
    texts_of,
)
from everpost.transfer.importers.markdown.front_matter.json_fields import read_json
from everpost.transfer.importers.markdown.front_matter.parser import ForeignFrontMatter, read_page
from everpost.transfer.importers.markdown.visibility import HIDING

_LARGEST = 1024 * 1024
"""Bytes of a file that are read."""
_SECTIONS = ("_index.md", "_index.markdown", "_index.html")
_PROGRAMS = (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs")
_HIDES = re.compile(
    r"\bdrafts?\b|\bpermalink\b[^\0]{0,1000}?\bfalse\b|eleventyExclude|\bpublished\b|\bhidden\b|\bunlisted\b"
    r"|\bprivate\b"
)
"""Text in a program that may hide pages. Programs are not run."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """The fields that a page inherits."""

    fields: Mapping[str, object]
    doubts: tuple[str, ...] = ()
    """Why it is unclear whether the page is published."""


class Defaults:
    """The fields that the pages of a folder inherit. The value nearest to a page takes precedence."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._generator = folder.site.generator
        self._of_folders: dict[Path, Inherited] = {}

    def of(self, file: File) -> Inherited:
        """The fields that the file inherits."""
        fields: dict[str, object] = {}
        doubts: list[str] = []
        if self._generator is Generator.JEKYLL:
            fields.update(self._configured_defaults(file))
        if self._generator is Generator.PELICAN:
            site = self._folder.site
            fields.update(fields_of(site.settings, file.path.relative_to(site.root).as_posix()))
        if self._generator is Generator.HUGO:
            fields.update(self._configured_cascades(file))
        around = [path for path in reversed(file.path.parents) if path.is_relative_to(self._folder.path)]
        for path in around:
            if path not in self._of_folders:
                self._of_folders[path] = self._of_folder(path)
            fields = merged(fields, self._of_folders[path].fields)
            doubts.extend(self._of_folders[path].doubts)
        if self._generator in {Generator.ELEVENTY, None}:
            own = self._data_fields(file.path.with_suffix(""), names=("", ".11tydata"))
            fields = merged(fields, own.fields)
            doubts.extend(own.doubts)
        return Inherited(fields, tuple(doubts))

    def _configured_defaults(self, file: File) -> Mapping[str, object]:
        """Jekyll's `defaults`: https://jekyllrb.com/docs/configuration/front-matter-defaults/"""
        sets = self._folder.site.settings.get("defaults")
        place = file.path.relative_to(self._folder.site.root).as_posix()
        kind = "drafts" if file.is_draft else "posts" if file.is_post_of_jekyll else "pages"
        found: list[tuple[int, Mapping[str, object]]] = []
        for each in sets if isinstance(sets, list) else []:
            whole = lowered(each)
            scope = lowered(whole.get("scope"))
            path = text_of(scope.get("path")).strip("/")
            named = text_of(scope.get("type"))
            if named not in {"", kind, kind.rstrip("s"), "posts" if file.is_draft else ""}:
                continue
            if not path or place.startswith(path) or ("*" in path and fnmatchcase(place, f"{path}*")):
                found.append((len(path), lowered(whole.get("values"))))
        fields: dict[str, object] = {}
        for _, values in sorted(found, key=lambda each: each[0]):
            fields.update(values)
        return fields

    def _configured_cascades(self, file: File) -> Mapping[str, object]:
        """The fields of `cascade` in Hugo's configuration, including that of languages."""
        settings = self._folder.site.settings
        place = file.path.relative_to(self._folder.site.root)
        fields = dict(_cascade_fields(settings.get("cascade"), place))
        languages = lowered(settings.get("languages"))
        for each in languages.values():
            cascaded = _cascade_fields(lowered(each).get("cascade"), place)
            fields.update({name: value for name, value in cascaded.items() if name in HIDING})
        return fields

    def _of_folder(self, path: Path) -> Inherited:
        fields: dict[str, object] = {}
        doubts: list[str] = []
        for each in self._parts_of_folder(path):
            fields = merged(fields, each.fields)
            doubts.extend(each.doubts)
        return Inherited(fields, tuple(doubts))

    def _parts_of_folder(self, path: Path) -> Iterator[Inherited]:
        if self._generator in {Generator.HUGO, Generator.ZOLA, None}:
            yield from (self._section_fields(path / name) for name in _SECTIONS if (path / name).is_file())
        if self._generator in {Generator.ELEVENTY, None}:
            yield self._data_fields(path / path.name, names=("", ".11tydata"))
            if path in {self._folder.path, self._folder.site.root}:
                yield self._computed_fields(path / "_data")

    def _section_fields(self, path: Path) -> Inherited:
        """The fields that pages inherit from the page of their section. In Zola, a draft hides them."""
        place = path.name
        try:
            page = read_page(_text(path), place)
        except (BrokenFile, ForeignFrontMatter, OSError, UnicodeDecodeError):
            return Inherited({}, (f"{path.parent.name}/{place} cannot be read",))
        if page is None:
            return Inherited({})
        fields: dict[str, object] = {}
        if self._generator is not Generator.HUGO and page.text("draft").lower() == "true":
            fields["draft"] = "true"
        fields.update(_cascade_fields(page.fields.get("cascade"), None))
        return Inherited(fields)

    def _computed_fields(self, path: Path) -> Inherited:
        """The fields that Eleventy computes for all pages."""
        own = self._data_fields(path / "eleventyComputed", names=("",), programs=(".js", ".cjs", ".mjs"))
        return Inherited({COMPUTED: own.fields}, own.doubts) if own.fields else own

    def _data_fields(
        self, stem: Path, *, names: tuple[str, ...], programs: tuple[str, ...] = _PROGRAMS
    ) -> Inherited:
        """Eleventy's data files of a folder or a page: https://www.11ty.dev/docs/data-template-dir/"""
        fields: dict[str, object] = {}
        doubts: list[str] = []
        for name in names:
            path = stem.with_name(f"{stem.name}{name}.json")
            try:
                if path.is_file():
                    fields = merged(fields, lowered(read_json(_text(path).strip())[0].value))
            except (Unreadable, OSError, UnicodeDecodeError):
                doubts.append(f"{path.name} cannot be read")
        for ending in programs:
            path = stem.with_name(f"{stem.name}{ending}")
            try:
                if path.is_file() and _HIDES.search(_text(path)):
                    doubts.append(f"{path.name} is a program that may hide it")
            except (OSError, UnicodeDecodeError):
                doubts.append(f"{path.name} cannot be read")
        return Inherited(fields, tuple(doubts))


def _cascade_fields(cascades: object, place: Path | None) -> Mapping[str, object]:
    """The fields of Hugo's `cascade`: https://gohugo.io/content-management/front-matter/#cascade-1. Cascades
    for only some pages contribute only the fields that may hide pages or date them; `place`, if given,
    selects those that may match.
    """
    fields: dict[str, object] = {}
    for each in cascades if isinstance(cascades, list) else [cascades]:
        cascade = lowered(each)
        target = lowered(cascade.get("target") or cascade.get("_target"))
        kind = globs(texts_of(target.get("kind"))).match("page")
        if (target.get("kind") and kind is False) or (place and not _may_match(target, place)):
            continue
        names = {name for name in cascade if name in HIDING or is_date_name(name)}
        taken = names if target.keys() - {"kind"} else cascade.keys() - {"target", "_target"}
        fields.update({name: value for name, value in cascade.items() if name in taken})
    return fields


def _may_match(target: Mapping[str, object], place: Path) -> bool:
    """Whether a target matches, or may match, the page at this path in the site."""
    if not target.get("path"):
        return True
    meant = globs(text.lower() for text in texts_of(target["path"]))
    bare = place.parent / place.name.partition(".")[0]
    names = [place, place.with_suffix(""), bare, *([place.parent] if bare.name == "index" else [])]
    places = [name.as_posix().lower() for name in names]
    places += [name.replace(" ", "-") for name in places]
    return any(meant.match(name) is not False for name in places)


def _text(path: Path) -> str:
    """The start of the file, which is all of any file written by hand. Raises OSError, UnicodeDecodeError."""
    with path.open("rb") as file:
        return file.read(_LARGEST).decode("utf-8-sig")
