"""The documentation matches the code and the files."""

import re
from pathlib import Path

import pytest

from everpost.settings import Settings

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
LONGEST_LINE = 100


def test_every_setting_is_documented_with_its_own_description() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = re.findall(r"^\| `EVERPOST_([A-Z_]+)` \| .*? \| (.*) \|$", page, re.MULTILINE)
    documented = {name.lower(): text.replace("`", "") for name, text in rows}
    assert documented.keys() == Settings.model_fields.keys()
    for name, setting in Settings.model_fields.items():
        summary = re.split(r"[.;](?: |$)", setting.description or "")[0]
        assert summary
        assert documented[name].startswith(summary)


@EACH_PAGE
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def anchors(page: Path) -> set[str]:
    """The fragments that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@EACH_PAGE
def test_every_link_to_a_heading_leads_somewhere(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text()):
        assert anchor in anchors(page.parent / target if target else page), (target, anchor)


@EACH_PAGE
def test_lines_that_can_be_wrapped_are_short(page: Path) -> None:
    """Tables, code and long addresses cannot be."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert [
        line
        for line in text.splitlines()
        if len(line) > LONGEST_LINE and not line.startswith("|") and " " in line.strip()[:LONGEST_LINE]
    ] == []
