"""The links of the blog's navigation as rows of a form, which buttons add, move and remove."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everpost.api.schemas.blog import Link
from everpost.domain.blog import MAX_LINKS

ADD = "add"
_BUTTON = re.compile(r"(up|down|remove)\.([0-9]{1,2})")
_PARTS = ("label", "url")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows as they were typed."""

    rows: Sequence[Link] = ()
    focused: str = ""
    """The id of the element that gets the focus."""

    @classmethod
    def sent(cls, fields: Mapping[str, str]) -> "Rows":
        """The rows in a form, in which they are numbered from 0 without gaps."""
        rows: list[Link] = []
        while len(rows) < MAX_LINKS and field_name(len(rows), "url") in fields:
            label, url = (fields.get(field_name(len(rows), part), "") for part in _PARTS)
            rows.append({"label": label, "url": url})
        return cls(rows)

    def pressed(self, button: str) -> "Rows | None":
        """The rows after this button was pressed; None if it is not one of theirs."""
        found = _BUTTON.fullmatch(button)
        if button == ADD:
            new: Link = {"label": "", "url": ""}
            return Rows([*self.rows, new][:MAX_LINKS], field_name(len(self.rows), "label"))
        if found is None:
            return None
        rows, place = list(self.rows), int(found[2])
        if place >= len(rows):
            return self
        row = rows.pop(place)
        if found[1] == "remove":
            return Rows(rows, "navigation-add")
        place = max(0, place - 1) if found[1] == "up" else min(len(rows), place + 1)
        rows.insert(place, row)
        return Rows(rows, f"navigation-{found[1]}-{place}")

    def links(self) -> list[Link]:
        """The links, without rows in which nothing was typed."""
        return [self.rows[place] for place in self._filled()]

    def names(self) -> Mapping[str, str]:
        """The names of the form's fields by those of `links`."""
        return {
            field_name(number, part): field_name(place, part)
            for number, place in enumerate(self._filled())
            for part in _PARTS
        }

    def _filled(self) -> list[int]:
        return [place for place, row in enumerate(self.rows) if row["label"].strip() or row["url"].strip()]


def field_name(place: int, part: str) -> str:
    """The name of a field of a row, which is also the name of the API in its errors."""
    return f"navigation.{place}.{part}"
