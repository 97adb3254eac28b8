"""Pelican's settings that hide pages. They are in a program, which is parsed and never run."""

import ast
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate

from everpost.transfer.importers.markdown.front_matter.fields import lowered, texts_of

HIDING_SETTINGS = (
    *("DEFAULT_METADATA", "EXTRA_PATH_METADATA", "PATH_METADATA", "FILENAME_METADATA"),
    *("IGNORE_FILES", "ARTICLE_EXCLUDES", "ARTICLE_PATHS"),
)
"""https://docs.getpelican.com/en/latest/settings.html"""
NOT_UNDERSTOOD = "not_understood"
"""A key of our own for the names of settings that cannot be read completely."""
_NAME = re.compile(rf"\b({'|'.join(HIDING_SETTINGS)})\b", re.ASCII)
_OWN_MODULES = frozenset({"pelicanconf", "publishconf"})
_UNREADABLE = frozenset({"exec", "execfile", "globals", "locals", "vars"})
"""Functions that may change any setting."""
_STATUS_IN_PATH = re.compile(r"\?P<status>", re.ASCII | re.IGNORECASE)
_DEPTH = 4
"""The depth at which the content may be in the site."""


def hiding_settings(program: str) -> dict[str, object]:
    """The settings by their names in lower case, and under NOT_UNDERSTOOD the names of the others."""
    try:
        tree = ast.parse(program)
        reader = _Reader(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = (line.partition("#")[0] for line in program.split("\n"))
        names = {name for line in lines for name in _NAME.findall(line)}
        return {NOT_UNDERSTOOD: sorted(names)}
    return reader.settings | {NOT_UNDERSTOOD: sorted(reader.unknown)}


class _Reader:
    """Reads the settings of one program."""

    def __init__(self, tree: ast.Module) -> None:
        self.settings: dict[str, object] = {}
        self.unknown: set[str] = set()
        assigned = 0
        for statement in tree.body:
            if (found := _assignment(statement)) is not None:
                assigned += 1
                self._read(*found)
        mentions = list(_mentions(tree))
        if len(mentions) > assigned:
            self.unknown.update(mentions)

    def _read(self, name: str, expression: ast.expr) -> None:
        try:
            value: object = ast.literal_eval(expression)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            self.unknown.add(name)
            return
        key = name.lower()
        if key in self.settings or not _is_understood(name, value):
            self.unknown.add(name)
        self.settings[key] = _simplified(name, value)


def _assignment(statement: ast.stmt) -> tuple[str, ast.expr] | None:
    """The name and the value if the statement assigns a setting."""
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    if not isinstance(target, ast.Name) or target.id not in HIDING_SETTINGS:
        return None
    value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
    return None if value is None else (target.id, value)


def _mentions(tree: ast.Module) -> Iterator[str]:
    """Every mention of a setting, and every import that may set one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and (node.id in HIDING_SETTINGS or node.id in _UNREADABLE):
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr in HIDING_SETTINGS:
            yield node.attr
        elif isinstance(node, ast.Constant) and node.value in HIDING_SETTINGS:
            yield str(node.value)
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names} | {alias.asname for alias in node.names}
            yield from (name for name in HIDING_SETTINGS if name in names)
            if "*" in names and node.module not in _OWN_MODULES:
                yield f"import * from {node.module}"


def _is_understood(name: str, value: object) -> bool:
    if name in {"PATH_METADATA", "FILENAME_METADATA"}:
        return isinstance(value, str) and not _STATUS_IN_PATH.search(value)
    if name == "EXTRA_PATH_METADATA":
        return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())
    if name == "DEFAULT_METADATA":
        return isinstance(value, dict) or not value or _as_fields(value) != {}
    values = value if isinstance(value, list | tuple | set) else [value]
    return all(isinstance(each, str) for each in values)


def _as_fields(value: object) -> Mapping[str, object]:
    """The value as fields; old versions use a list of pairs."""
    if isinstance(value, list | tuple):
        pairs = [each for each in value if isinstance(each, list | tuple) and len(each) == 2]
        return lowered({str(key): each for key, each in pairs}) if len(pairs) == len(value) else {}
    return lowered(value)


def _simplified(name: str, value: object) -> object:
    if name == "DEFAULT_METADATA":
        return _as_fields(value)
    if name == "EXTRA_PATH_METADATA" and isinstance(value, dict):
        return {str(path).replace("\\", "/").strip("/"): lowered(value[path]) for path in value}
    return [*value] if isinstance(value, tuple | set) else value


def merge_settings(one: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    """The settings of two programs. Settings that differ are not understood."""
    names = {name for name in one.keys() & other.keys() if one[name] != other[name]} - {NOT_UNDERSTOOD}
    unknown = {*texts_of(one.get(NOT_UNDERSTOOD)), *texts_of(other.get(NOT_UNDERSTOOD))}
    return {**one, **other, NOT_UNDERSTOOD: sorted(unknown | {name.upper() for name in names})}


def fields_of(settings: Mapping[str, object], place: str) -> dict[str, object]:
    """The default fields of a page at this path in the site."""
    fields = dict(lowered(settings.get("default_metadata")))
    extra = settings.get("extra_path_metadata")
    if isinstance(extra, dict):
        for path in sorted({*_parts(place), ""} & extra.keys()):
            fields.update(lowered(extra[path]))
    if settings.get(NOT_UNDERSTOOD):
        fields["status"] = "draft"
    return fields


def is_outside(settings: Mapping[str, object], place: str) -> bool:
    """Whether the page is outside the folders of articles."""
    paths = {path.strip("./") for path in texts_of(settings.get("article_paths"))}
    is_everywhere = not paths or "" in paths or "article_paths" not in settings
    return not is_everywhere and not paths & {*_parts(place)}


def _parts(place: str) -> Iterator[str]:
    """The path and its parent folders, relative to the site or to a folder that may be its content."""
    parts = place.split("/")
    for start in range(min(len(parts), _DEPTH)):
        yield from accumulate(parts[start:], "{}/{}".format)
