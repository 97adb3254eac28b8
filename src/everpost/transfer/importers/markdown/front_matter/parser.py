"""Parse front matter: YAML between `---`, TOML between `+++`, JSON in braces, or field lines as in Pelican.
docs/front-matter.md lists what each generator accepts.
"""

import re
from collections.abc import Iterator, Mapping

from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.dates import parse_date
from everpost.transfer.importers.markdown.front_matter.fields import FrontMatter, Unreadable, lowered, text_of
from everpost.transfer.importers.markdown.front_matter.foreign import foreign_reason
from everpost.transfer.importers.markdown.front_matter.json_fields import read_json
from everpost.transfer.importers.markdown.front_matter.toml_fields import read_toml
from everpost.transfer.importers.markdown.front_matter.unmarked import find_bare_fields
from everpost.transfer.importers.markdown.front_matter.yaml_fields import read_yaml
from everpost.transfer.importers.markdown.page import MarkdownPage

_LONGEST = 256 * 1024
"""Characters of the longest front matter that is read."""
_BEFORE = re.compile(r"[\s\ufeff]*")
_OPENING = re.compile(r"(?P<mark>---|\+\+\+)[ \t]*(?P<language>\w*)[ \t]*(?:\n|\r\n)")
_JSON = re.compile(r'\{\s*"')
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\r?\n|\Z)", re.MULTILINE),
}
_LOOSE_CLOSING = {
    "---": re.compile(r"^---", re.MULTILINE),
    "+++": re.compile(r"\+\+\+[ \t]*(?:\r?\n|\Z)"),
}
"""The closing delimiters that Hugo, Eleventy and Zola also accept."""
_LANGUAGES = {"---": "yaml", "+++": "toml"}
_HEADER_LINE = re.compile(r" {0,3}(?P<name>[A-Za-z][\w-]*):[ \t]*(?P<value>.*)", re.ASCII)
_LINE = re.compile(r"[^\n]*\n?")
_EMPTY_LINE = re.compile(r"[ \t]*\r?\n")


class ForeignFrontMatter(Exception):
    """The front matter is a program, or in an unsupported language."""


def read_page(text: str, name: str, *, is_pelican: bool = False) -> MarkdownPage | None:
    """Parse a page; None if it has no front matter. With `is_pelican`, lines between `---` need not be YAML.
    `name` is the name of the file in errors. Raises BrokenFile, ForeignFrontMatter.
    """
    # Line endings of classic Mac OS are replaced by others of the same length.
    lines = text if "\n" in text else text.replace("\r", "\n")
    before = _BEFORE.match(lines)
    start = before.end() if before else 0
    if opening := _OPENING.match(lines, start):
        return _delimited_page(lines, opening, name, is_pelican=is_pelican)
    if _JSON.match(lines, start):
        return _json_page(text, start, name)
    page = _plain_page(lines, start, is_pelican=is_pelican)
    if not is_pelican:
        page = _hexo_page(lines, start, name, page)
    if page is None and (reason := foreign_reason(lines, start)):
        raise ForeignFrontMatter(reason)
    return page


def _hexo_page(text: str, start: int, name: str, page: MarkdownPage | None) -> MarkdownPage | None:
    """The page as Hexo reads it, unless its front matter consists of nothing but Pelican's field lines."""
    bare = find_bare_fields(text, start, start + _LONGEST)
    if bare is None or (page is not None and bare.is_of_lines(page.header)):
        return page
    line = text.count("\n", 0, start) + 1
    try:
        fields = bare.read()
    except Unreadable as error:
        if page is not None and bare.is_all(page.header):
            return page
        raise BrokenFile(name, f"line {line + error.line}", error.reason) from error
    if fields is None:
        return page
    content = _without_empty_line(text[bare.end :])
    return MarkdownPage(lowered(fields.value), content, bare.header, line, fields.repeated)


def _delimited_page(text: str, opening: re.Match[str], name: str, *, is_pelican: bool) -> MarkdownPage | None:
    mark, language = opening["mark"], opening["language"].lower() or _LANGUAGES[opening["mark"]]
    if language not in {"yaml", "yml", "toml", "json"}:
        raise ForeignFrontMatter(f"front matter in {language[:20]!r} is not read")
    line = text.count("\n", 0, opening.end()) + 1
    error: BrokenFile | None = None
    for closing in _closings(text, opening.end(), mark):
        header = text[opening.end() : closing.start()]
        try:
            fields = _read(header, language)
        except Unreadable as unreadable:
            error = error or BrokenFile(name, f"line {line + unreadable.line}", unreadable.reason)
            continue
        content = _without_empty_line(text[closing.end() :])
        if fields.value is None or isinstance(fields.value, dict):
            return MarkdownPage(lowered(fields.value), content, header, line, fields.repeated)
        if opening.start():
            return None  # two rules in a text, not front matter
        error = error or BrokenFile(name, f"line {line}", "the front matter is not a map of fields")
    page = _plain_page(text, opening.end(), is_pelican=True) if is_pelican and mark == "---" else None
    if page is None:
        raise error or BrokenFile(name, f"line {line - 1}", "the front matter has no end")
    return page


def _closings(text: str, start: int, mark: str) -> Iterator[re.Match[str]]:
    """Where the front matter may end: at a delimiter on its own line, or else at any that a generator
    accepts.
    """
    exact = _CLOSING[mark].search(text, start)
    if exact is not None:
        yield exact
    loose = _LOOSE_CLOSING[mark].search(text, start, start + _LONGEST)
    if loose is not None and (exact is None or loose.start() < exact.start()):
        yield loose


def _read(header: str, language: str) -> FrontMatter:
    if len(header) > _LONGEST:
        raise Unreadable(f"the front matter has more than {_LONGEST:,} characters")
    if language == "toml":
        return read_toml(header)
    if language == "json" and _JSON.match(header.lstrip()):
        try:
            return read_json(header.lstrip())[0]
        except Unreadable:
            return read_yaml(header)  # as YAML, which allows single quotes and comments
    return read_yaml(header)


def _json_page(text: str, start: int, name: str) -> MarkdownPage:
    line = text.count("\n", 0, start) + 1
    try:
        fields, end = read_json(text[: start + _LONGEST], start)
    except Unreadable as error:
        reason = error.reason
        if len(text) > start + _LONGEST:
            reason += f", or it has more than {_LONGEST:,} characters"
        raise BrokenFile(name, f"line {line + error.line}", reason) from error
    content = _without_empty_line(_without_empty_line(text[end:]))
    return MarkdownPage(lowered(fields.value), content, text[start:end], line, fields.repeated)


def _without_empty_line(text: str) -> str:
    """The text without the empty line that commonly follows front matter."""
    empty = _EMPTY_LINE.match(text)
    return text[empty.end() :] if empty else text


def _plain_page(text: str, start: int, *, is_pelican: bool) -> MarkdownPage | None:
    """Field lines as Python-Markdown reads them for Pelican. They end at an empty line or at one of dashes or
    dots; an indented line continues the line above. Unless the site is known to be Pelican's, lines are front
    matter only if they contain a title or a date, or hide the page.

    https://python-markdown.github.io/extensions/meta_data/
    """
    fields: dict[str, object] = {}
    repeated: dict[str, None] = {}
    end, latest = start, ""
    for each in _LINE.finditer(text, start):
        line = each[0]
        found = _HEADER_LINE.match(line)
        if found:
            latest = found["name"].lower()
            if latest in fields:
                repeated[latest] = None
                latest = ""
            else:
                fields[latest] = found["value"].strip()
        elif fields and line.startswith("    ") and line.strip():
            if latest:
                fields[latest] = f"{fields[latest]}\n{line.strip()}"
        else:
            if fields and re.fullmatch(r"(?:---|\.\.\.)\s*", line):
                end += len(line)
            break
        end += len(line)
        if end - start > _LONGEST:
            return None
    if not fields or not (is_pelican or _is_header(fields)):
        return None
    line_number = text.count("\n", 0, start) + 1
    content = _without_empty_line(text[end:])
    return MarkdownPage(fields, content, text[start:end], line_number, tuple(repeated), is_plain=True)


def _is_header(fields: Mapping[str, object]) -> bool:
    """Whether the fields contain a title or a date, or hide the page."""
    status = text_of(fields.get("status")).strip().lower()
    return (
        not {"title", "draft", "published"}.isdisjoint(fields)
        or parse_date(text_of(fields.get("date"))) is not None
        or status in {"draft", "hidden", "pending", "private", "skip"}
    )
