"""Tags as one line of text, separated by commas, as in CSV: a tag with a comma is in double quotes."""

import csv
from collections.abc import Sequence
from io import StringIO


def written(tags: Sequence[str]) -> str:
    """The tags for the field."""
    line = StringIO()
    csv.writer(line, lineterminator="").writerow(tags)
    text = line.getvalue()
    return text if any('"' in tag or "," in tag for tag in tags) else ", ".join(tags)


def parse(text: str) -> list[str]:
    """The tags in the field, without empty ones."""
    line = text.replace("\r", " ").replace("\n", " ")
    try:
        rows = list(csv.reader([line], skipinitialspace=True))
    except csv.Error:  # it is longer than any tag may be
        rows = [[line]]
    return [tag for row in rows for each in row if (tag := each.strip())]
