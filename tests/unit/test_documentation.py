"""The documentation names what there is."""

import re
from pathlib import Path

import pytest

from everpost.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_setting_is_documented_in_its_own_words() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = re.findall(r"^\| `EVERPOST_([A-Z_]+)` \| .*? \| (.*) \|$", page, re.MULTILINE)
    documented = {name.lower(): text.replace("`", "") for name, text in rows}
    assert documented.keys() == Settings.model_fields.keys()
    for name, setting in Settings.model_fields.items():
        summary = re.split(r"[.;](?: |$)", setting.description or "")[0]
        assert summary
        assert documented[name].startswith(summary)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target
