"""What stands before the text of a page: YAML between `---`, TOML between `+++`, or lines as for Pelican."""

import re
import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.constructor import BaseConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from everpost.errors import BrokenFile
from everpost.transfer.elsewhere.moments import parse_moment

_LONGEST = 256 * 1024
"""Characters of front matter that are read. YAML takes about a second for a hundred thousand."""
_LONGEST_NUMBER = 1_000
"""Bits that Python writes as decimals at once: it refuses to for many thousands."""
_YAML = re.compile(
    r"---(?P<language>[ \t]*\w*)[ \t]*\r?\n(?P<header>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_TOML = re.compile(r"\+\+\+[ \t]*\r?\n(?P<header>.*?)^\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_OPENING = re.compile(r"(?:---[ \t]*(?:yaml|json|toml)?|\+\+\+)[ \t]*\r?\n")
_HEADER_LINE = re.compile(r"(?P<name>[A-Za-z][\w-]*):[ \t]*(?P<value>.*)", re.ASCII)
_LINE = re.compile(r"[^\n]*\n?")
_EMPTY_LINE = re.compile(r"[ \t]*\r?\n")
_NULL = "tag:yaml.org,2002:null"


class _Constructor(BaseConstructor):
    """Makes nothing but texts, lists, maps and None, whatever tags there are."""


_Constructor.add_constructor(_NULL, lambda _constructor, _node: None)


@dataclass(frozen=True, slots=True)
class Page:
    """A file in two parts. The names of the fields are in lower case; what they say is text, or lists and
    maps of it, whatever else it may be in YAML or TOML.
    """

    fields: Mapping[str, object]
    content: str
    header: str
    """As it is in the file."""
    is_plain: bool = False
    """The fields stand in lines without marks, where a list is a text with commas."""

    def text(self, name: str) -> str:
        """What the field says; empty where it is not there, or is more than one text."""
        return text_of(self.fields.get(name))

    def line_of(self, name: str) -> int:
        """The line of the file in which the field is; the first where nobody can tell."""
        found = re.search(
            rf"^[\s\"']*{re.escape(name)}[\"']?[ \t]*[:=]", self.header, re.IGNORECASE | re.MULTILINE
        )
        before = 1 if self.is_plain else 2
        return self.header.count("\n", 0, found.end()) + before if found else 1


def text_of(value: object) -> str:
    """The text of a scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, list | dict):
        return ""
    if isinstance(value, int) and value.bit_length() > _LONGEST_NUMBER:
        return hex(value)
    return str(value)


def texts_of(value: object) -> list[str]:
    """The texts of a list, of a scalar one; what is a map in it counts by its name."""
    values = value if isinstance(value, list) else [value]
    texts = (text_of(_name_of(each) if isinstance(each, dict) else each) for each in values)
    return [text for text in texts if text]


def _name_of(value: dict[object, object]) -> object:
    return value.get("name") or value.get("title")


def read_page(text: str, name: str) -> Page | None:
    """The page; None where nothing stands before the text. BrokenFile, which calls the file by this name."""
    if found := _TOML.match(text):
        return _page(text, found, _of_toml(found["header"], name))
    if found := _YAML.match(text):
        if found["language"].strip() not in {"", "yaml", "json"}:
            raise BrokenFile(name, "line 1", f"front matter in {found['language'].strip()!r} is not read")
        return _page(text, found, _of_yaml(found["header"], name))
    if _OPENING.match(text):
        raise BrokenFile(name, "line 1", "the front matter has no end")
    return _read_header_lines(text)


def _page(text: str, found: re.Match[str], fields: object) -> Page:
    kept = {str(key).lower(): value for key, value in fields.items()} if isinstance(fields, dict) else {}
    return Page(kept, _without_empty_line(text[found.end() :]), found["header"])


def _without_empty_line(text: str) -> str:
    """The text without the empty line that most people have behind the front matter."""
    empty = _EMPTY_LINE.match(text)
    return text[empty.end() :] if empty else text


def _of_toml(header: str, name: str) -> object:
    _require_bounded(header, name)
    try:
        return tomllib.loads(header.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) + 1 if found else header.count("\n") + 1
        raise BrokenFile(name, f"line {line}", f"not TOML: {error}") from error
    except (ValueError, RecursionError) as error:  # dates that there are not, endless nesting
        raise BrokenFile(name, "line 2", f"not TOML: {error}") from error


def _of_yaml(header: str, name: str) -> object:
    """What the YAML says, every scalar as the text that it is. An alias is the same object again, never a
    copy.
    """
    _require_bounded(header, name)
    reader = YAML(typ="base", pure=True)
    reader.Constructor = _Constructor
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor twice
            fields: object = reader.load(header)
    except MarkedYAMLError as error:
        line = 2 if error.problem_mark is None else error.problem_mark.line + 2
        raise BrokenFile(name, f"line {line}", f"not YAML: {error.problem}") from error
    except RecursionError as error:
        raise BrokenFile(name, "line 2", "not YAML: it is nested too deeply") from error
    except (YAMLError, ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # ruamel.yaml lets some errors of Python through where a text is far from YAML.
        raise BrokenFile(name, "line 2", f"not YAML: {str(error).partition(chr(10))[0]}") from error
    if fields is not None and not isinstance(fields, dict):
        raise BrokenFile(name, "line 2", "the front matter is not a map of fields")
    return fields


def _require_bounded(header: str, name: str) -> None:
    if len(header) > _LONGEST:
        raise BrokenFile(name, "line 1", f"the front matter has more than {_LONGEST:,} characters")


def _read_header_lines(text: str) -> Page | None:
    """Lines as Python-Markdown reads them for Pelican: up to the first that is empty; what is indented
    goes on with the line above. They say a title or a date, otherwise they are text.

    https://python-markdown.github.io/extensions/meta_data/
    """
    fields: dict[str, object] = {}
    end, latest = 0, ""
    for each in _LINE.finditer(text):
        line = each[0]
        found = _HEADER_LINE.match(line)
        if found:
            latest = found["name"].lower()
            fields[latest] = found["value"].strip()
        elif latest and line.startswith("    ") and line.strip():
            fields[latest] = f"{fields[latest]}\n{line.strip()}"
        else:
            break
        end += len(line)
        if end > _LONGEST:
            return None
    is_header = "title" in fields or parse_moment(text_of(fields.get("date"))) is not None
    return Page(fields, _without_empty_line(text[end:]), text[:end], is_plain=True) if is_header else None
