"""The table of docs/permissions.md."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.contract.http.people import Who

PAGE = Path(__file__).parents[4] / "docs" / "permissions.md"
COLUMNS = ("public", "author", "its author", "editor", "admin", "no scopes")


@dataclass(frozen=True)
class Row:
    """A row of the table: an operation, its resource, and the status for each column."""

    call: str
    what: str
    statuses: Mapping[str, int]


def rows() -> Iterator[Row]:
    for line in PAGE.read_text().splitlines():
        found = re.fullmatch(r"\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)` \|(.*)\|", line)
        if found is not None:
            what, *cells = (cell.strip() for cell in found[2].split("|"))
            assert len(cells) == len(COLUMNS), line
            answers = {name: int(cell) for name, cell in zip(COLUMNS, cells, strict=True) if cell}
            yield Row(found[1], what, answers)


def asker(column: str) -> Who:
    """The person of a column."""
    names: dict[str, Who] = {
        "public": "nobody",
        "author": "other author",
        "its author": "author",
        "editor": "editor",
        "admin": "admin",
        "no scopes": "admin",
    }
    return names[column]
