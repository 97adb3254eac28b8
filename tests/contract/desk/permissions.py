"""The table of the desk in docs/permissions.md, and the forms that its rows send.

A page whose path has parameters, or whose form needs fields, adds its row to `REQUESTS`.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from everpost.stores.port import Store
from tests.contract.http.people import Who

PAGE = Path(__file__).parents[3] / "docs" / "permissions.md"
COLUMNS: tuple[Who, ...] = ("nobody", "author", "editor", "admin")


@dataclass(frozen=True)
class Row:
    """A row of the table: a page, the method, the call of the API, and the status for each role."""

    path: str
    method: str
    what: str
    call: str
    statuses: Mapping[Who, int]

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.method, self.path, self.what)))


@dataclass(frozen=True)
class Sent:
    """A request: the values of the path's parameters, and the fields of the form."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


Prepare = Callable[[Store, Who], Awaitable[Sent]]
"""Creates what a row needs, for the person who sends the request."""

REQUESTS: dict[str, Prepare] = {}
"""By `Row.name`."""


def rows() -> Iterator[Row]:
    for line in PAGE.read_text().splitlines():
        found = re.fullmatch(r"\| `(/desk[^`]*)` \| `(GET|POST)` \|(.*)\|", line)
        if found is not None:
            what, call, *cells = (cell.strip() for cell in found[3].split("|"))
            assert len(cells) == len(COLUMNS), line
            statuses = dict(zip(COLUMNS, map(int, cells), strict=True))
            yield Row(found[1], found[2], what, call.strip("`"), statuses)
