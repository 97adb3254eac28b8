"""Detect the generator of a site, and read its configuration."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from everpost.transfer.importers.markdown.configuration.pelican_settings import (
    NOT_UNDERSTOOD,
    hiding_settings,
    merge_settings,
)
from everpost.transfer.importers.markdown.front_matter.fields import Unreadable, lowered, text_of, texts_of
from everpost.transfer.importers.markdown.front_matter.json_fields import read_json
from everpost.transfer.importers.markdown.front_matter.toml_fields import read_toml
from everpost.transfer.importers.markdown.front_matter.yaml_fields import read_yaml

_LARGEST = 256 * 1024
"""Bytes of the largest configuration that is read."""
_LEVELS = 3
"""Folders that are searched for a configuration: the imported one and its parents."""
_PYTHON = re.compile(
    r"^(?P<name>[A-Z_]+)[ \t]*=[ \t]*(?P<mark>['\"])(?P<value>(?:(?!(?P=mark))[^\\\n])*)(?P=mark)",
    re.MULTILINE,
)

_OF_HEXO = frozenset({"new_post_name", "post_asset_folder", "render_drafts", "skip_render"})


class Generator(StrEnum):
    """The supported static site generators."""

    JEKYLL = "Jekyll"
    HEXO = "Hexo"
    HUGO = "Hugo"
    ZOLA = "Zola"
    PELICAN = "Pelican"
    ELEVENTY = "Eleventy"


@dataclass(frozen=True, slots=True)
class Site:
    """A site and its configuration."""

    root: Path
    """The folder with the configuration; without one, the imported folder."""
    generator: Generator | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    """The settings, by names in lower case."""
    problems: tuple[str, ...] = ()
    """Why parts of the configuration could not be read."""

    def text(self, *names: str) -> str:
        """The first of these settings that is not empty."""
        return next((text for name in names if (text := text_of(self.settings.get(name)).strip())), "")

    def texts(self, name: str) -> list[str]:
        """The texts of a setting that is a list."""
        return texts_of(self.settings.get(name))

    @property
    def timezone(self) -> str:
        """The configured time zone of dates without an offset; empty if there is none."""
        return self.text("timezone")

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of all configured languages, the default first."""
        named = self.settings.get("languages")
        codes = [str(code) for code in named] if isinstance(named, dict) else self.texts("languages")
        default = [self.default_language] if self.default_language else []
        return tuple(dict.fromkeys(code.lower() for code in [*default, *codes]))

    @property
    def default_language(self) -> str:
        """The code of the configured default language; empty if there is none."""
        return self.text(
            "defaultcontentlanguage", "default_language", "default_lang", "languagecode", "lang"
        ).lower()


def find_site(folder: Path) -> Site:
    """The site that the folder belongs to."""
    around = [folder, *folder.parents][:_LEVELS]
    for root in around:
        for generator, read in _FINDERS.items():
            found = read(root)
            if found is not None:
                return Site(root, generator, *found)
    return Site(folder)


_Found = tuple[Mapping[str, object], tuple[str, ...]]


def _jekyll(root: Path) -> _Found | None:
    return _read_first(root, "_config.yml", "_config.yaml", "_config.toml")


def _hexo(root: Path) -> _Found | None:
    """The configuration of Hexo. Its file has the same name as Jekyll's, so settings that only Hexo has, or
    other files, distinguish the two: https://hexo.io/docs/setup
    """
    found = _read_first(root, "_config.yml", "_config.yaml")
    if found is None:
        return None
    if _OF_HEXO & found[0].keys() or (root / "scaffolds").is_dir():
        return found
    package = next(_existing(root, "package.json"), None)
    try:
        return found if package is not None and '"hexo"' in _text(package) else None
    except Unreadable:
        return None


def _hugo(root: Path) -> _Found | None:
    settings: dict[str, object] = {}
    problems: list[str] = []
    paths = [
        *_existing(root, "hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"),
        *(path for path in _existing(root, "config.toml", "config.yaml", "config.yml", "config.json")),
        *(
            path
            for folder in ("_default", "production")
            for path in _existing(
                root / "config" / folder, *(f"{n}.{e}" for n in ("hugo", "config") for e in _ENDINGS)
            )
        ),
    ]
    for path in paths:
        read, reasons = _read(path)
        if path.name == "config.toml" and path.parent == root and "base_url" in read:
            return None
        settings.update(read)
        problems.extend(reasons)
    if not paths:
        return None
    for name in ("languages", "module", "cascade"):
        for path in _existing(root / "config" / "_default", *(f"{name}.{ending}" for ending in _ENDINGS)):
            read, reasons = _read(path)
            settings[name] = dict(read).get(name, dict(read))
            problems.extend(reasons)
            if not read and not reasons and path.stat().st_size:
                problems.append(f"{path.name}: it has no fields")
    return settings, tuple(problems)


def _zola(root: Path) -> _Found | None:
    found = _read_first(root, "zola.toml", "config.toml")
    return found if found and "base_url" in found[0] else None


def _pelican(root: Path) -> _Found | None:
    """The configuration of Pelican. It is a program, which is not run: assignments of texts are read."""
    paths = list(_existing(root, "pelicanconf.py"))
    if not paths:
        return None
    try:
        text = _text(paths[0])
    except Unreadable as error:
        return {NOT_UNDERSTOOD: ["pelicanconf.py"]}, (f"pelicanconf.py: {error.reason}",)
    names = {"DEFAULT_LANG": "lang", "SITEURL": "url", "SITENAME": "title", "SITESUBTITLE": "description"}
    found = {each["name"]: each["value"] for each in _PYTHON.finditer(text)}
    settings: dict[str, object] = {"lang": "en"}
    settings |= {names.get(name, name.lower()): value for name, value in found.items()}
    hiding, problems = hiding_settings(text), list[str]()
    for path in _existing(root, "publishconf.py"):
        try:
            published = _text(path)
            hiding = merge_settings(hiding, hiding_settings(published))
            urls = (each["value"] for each in _PYTHON.finditer(published) if each["name"] == "SITEURL")
            settings["url"] = next(urls, "") or settings.get("url", "")
        except Unreadable as error:
            hiding = merge_settings(hiding, {NOT_UNDERSTOOD: ["publishconf.py"]})
            problems.append(f"publishconf.py: {error.reason}")
    return settings | hiding, tuple(problems)


def _eleventy(root: Path) -> _Found | None:
    names = (".eleventy", "eleventy.config")
    found = list(
        _existing(root, *(f"{name}.{ending}" for name in names for ending in ("js", "cjs", "mjs", "ts")))
    )
    if not found:
        return None
    ignored = next(_existing(root, ".eleventyignore"), None)
    try:
        lines = [] if ignored is None else _text(ignored).split("\n")
    except Unreadable as error:
        return {}, (f".eleventyignore: {error.reason}",)
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith(("#", "!"))]
    return {"exclude": [pattern.removeprefix("./").removesuffix("/**") for pattern in patterns]}, ()


_ENDINGS = ("toml", "yaml", "yml", "json")
_FINDERS: Mapping[Generator, Callable[[Path], _Found | None]] = {
    Generator.HEXO: _hexo,
    Generator.JEKYLL: _jekyll,
    Generator.ZOLA: _zola,
    Generator.HUGO: _hugo,
    Generator.PELICAN: _pelican,
    Generator.ELEVENTY: _eleventy,
}


def _existing(folder: Path, *names: str) -> Iterator[Path]:
    return (path for name in names if (path := folder / name).is_file())


def _read_first(root: Path, *names: str) -> _Found | None:
    return next((_read(path) for path in _existing(root, *names)), None)


def _read(path: Path) -> _Found:
    try:
        text = _text(path)
        if path.suffix == ".toml":
            return lowered(read_toml(text).value), ()
        if path.suffix == ".json":
            return lowered(read_json(text, len(text) - len(text.lstrip()))[0].value), ()
        return lowered(read_yaml(text).value), ()
    except Unreadable as error:
        return {}, (f"{path.name}, line {error.line + 1}: {error.reason}",)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise Unreadable(f"larger than {_LARGEST:,} bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8") from error
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read") from error
