"""The documentation matches the code and the files."""

import re
import subprocess
from pathlib import Path

import pytest

from everpost.settings import Settings

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "src" / "everpost"
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


@EACH_PAGE
def test_every_file_of_this_project_that_is_named_exists(page: Path) -> None:
    folders = "|".join(path.name for root in (ROOT, PACKAGE) for path in root.iterdir() if path.is_dir())
    for path in re.findall(rf"`((?:{folders})/[\w./-]+)`", page.read_text()):
        assert (ROOT / path).exists() or (PACKAGE / path).exists(), path


def test_make_help_describes_every_target() -> None:
    output = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    targets = {name for line in phony for name in line.split()} - {"linked"}
    assert {line.split()[0] for line in output.splitlines() if line.startswith("  ")} == targets


def test_make_test_begins_with_make_test_pages_and_runs_every_other_test_once() -> None:
    command = ["make", "--dry-run", "test"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pages, others = [line for line in output.splitlines() if "bin/pytest" in line]
    assert pages.endswith(" -m 'not long' tests/browser")
    assert others == f"{pages.removesuffix('tests/browser')}--ignore tests/browser"


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
    """Tables, code and long URLs cannot be wrapped."""
    text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert [
        line
        for line in text.splitlines()
        if len(line) > LONGEST_LINE and not line.startswith("|") and " " in line.strip()[:LONGEST_LINE]
    ] == []
