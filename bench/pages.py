"""The parts of docs/performance.md that the benchmarks write."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PLOTS = PAGE.parent / "plots"


def write_part(name: str, text: str) -> None:
    """Put the text where the page has what the benchmark of this name wrote there before. LookupError."""
    begin, end = f"<!-- {name}: written by the benchmark -->", f"<!-- {name}: end -->"
    page = PAGE.read_text()
    written = re.sub(
        f"{re.escape(begin)}.*{re.escape(end)}",
        lambda _: f"{begin}\n\n{text.strip()}\n\n{end}",
        page,
        flags=re.DOTALL,
    )
    if begin not in page or end not in page:
        raise LookupError(f"docs/performance.md has no part {begin}")
    PAGE.write_text(written)
