"""Passages of prose: paragraphs, list items and table rows of Markdown; docstrings and messages of Python."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKER = re.compile(r"\s*(?:[-*]|\d+\.) ")
_RULE = re.compile(r"\|[\s:|-]+\|?$")
_PUBLIC = {"help", "description", "summary", "epilog", "response_description", "prompt"}
"""Keyword arguments whose text users read."""
_FEWEST_SPACES = 2
"""In a string that may be a sentence."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, which begins at this line of a file."""

    path: str
    line: int
    kind: str
    """`text` in Markdown; `docstring`, `help`, `error` or `string` in Python."""
    text: str


def markdown_passages(path: str, source: str) -> Iterator[Passage]:
    """Paragraphs, list items and table rows, without headings and code blocks."""
    start, lines, in_code = 0, list[str](), False
    for number, line in enumerate([*source.splitlines(), ""], 1):
        is_fence = line.lstrip().startswith("```")
        is_row = line.startswith("|")
        stops = is_fence or is_row or in_code or not line.strip() or line.startswith(("#", "<"))
        if (stops or _MARKER.match(line)) and lines:
            yield Passage(path, start, "text", "\n".join(lines))
            lines = []
        if is_row and not in_code and not _RULE.match(line):
            yield Passage(path, number, "text", line)
        if is_fence:
            in_code = not in_code
        elif not stops:
            start = start if lines else number
            lines.append(line)


def python_passages(path: str, source: str) -> Iterator[Passage]:
    """Docstrings (also those of attributes), help texts, error messages and other sentences."""
    kinds: dict[ast.expr, str] = {}
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant() as text):
                kinds[text] = "docstring"
            case ast.keyword(arg=name, value=text) if name in _PUBLIC:
                kinds[text] = "help"
            case ast.Raise(exc=ast.Call(args=arguments, keywords=keywords)):
                kinds |= dict.fromkeys([*arguments, *(each.value for each in keywords)], "error")
            case ast.JoinedStr(values=parts):
                kinds |= dict.fromkeys(parts, "")
        if isinstance(node, ast.Constant | ast.JoinedStr):
            kind = kinds.get(node, "string")
            text_of = _text_of(node)
            if kind and text_of is not None and text_of.count(" ") >= _FEWEST_SPACES:
                yield Passage(path, node.lineno, kind, text_of)


def _text_of(node: ast.expr) -> str | None:
    """The text of a literal, with `{…}` for each value in an f-string; None if it is not a text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text_of(part) or "{…}" for part in parts)
    return None
