"""Markdown: tables, and the parts of docs/performance.md that the benchmarks write."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PLOTS = PAGE.parent / "plots"
WIDTH = 100
"""The longest line of a paragraph."""
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB", "mongodb": "MongoDB"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]] = (), *, words: int = 1) -> str:
    """A table; its first columns contain words, the others figures."""
    return "".join(map(row, [head, [*["---"] * words, *["---:"] * (len(head) - words)], *rows]))


def row(cells: Sequence[str]) -> str:
    """A row of a table, with the end of its line."""
    return f"| {' | '.join(cells)} |\n"


def write_part(name: str, text: str) -> None:
    """Replace the part of the page that the benchmark of this name writes. Raises LookupError."""
    begin, end = f"<!-- {name}: written by the benchmark -->", f"<!-- {name}: end -->"
    page = PAGE.read_text()
    written = re.sub(
        f"{re.escape(begin)}.*{re.escape(end)}",
        lambda _: f"{begin}\n\n{wrap(text.strip())}\n\n{end}",
        page,
        flags=re.DOTALL,
    )
    if begin not in page or end not in page:
        raise LookupError(f"docs/performance.md has no part {begin}")
    PAGE.write_text(written)


def wrap(text: str) -> str:
    """The text with its paragraphs wrapped; tables, headings and images stay as they are."""
    blocks = text.split("\n\n")
    return "\n\n".join(each if each.lstrip().startswith(("|", "#", "!")) else _fill(each) for each in blocks)


def _fill(paragraph: str) -> str:
    return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)
