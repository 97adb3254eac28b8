"""The component of the editor's page: what is committed is what was built, and only that page loads it."""

import importlib
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

import everpost.web
from everpost.web.assets import STATIC
from everpost.web.pages import compressed

BUDGET = 130_000
"""Bytes, compressed."""
ASSETS = Path(__file__).parents[2] / "assets"
TEMPLATES = Path(everpost.web.__file__).parent / "templates"
SCRIPT = STATIC / json.loads((STATIC / "manifest.json").read_text())["text-editor.js"]


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ASSETS))
    return importlib.import_module("bundle")


def test_the_script_was_made_from_these_sources_and_versions(bundle: ModuleType) -> None:
    assert SCRIPT.read_text().startswith(f"/* {bundle.NOTICE} {bundle.origin()} */")


def test_the_committed_script_is_the_one_that_make_assets_writes(bundle: ModuleType) -> None:
    if not (bundle.MODULES / "esbuild").exists():
        pytest.skip("run `make assets` first, which needs Node")
    script, licences = bundle.bundled()
    assert script == SCRIPT.read_bytes()
    assert licences == (STATIC / bundle.LICENCE).read_text()


def test_the_packages_are_locked_and_their_licences_are_included(bundle: ModuleType) -> None:
    wanted = json.loads((ASSETS / "package.json").read_text())
    locked = json.loads((ASSETS / "package-lock.json").read_text())["packages"]
    licences = (STATIC / bundle.LICENCE).read_text()
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert locked[f"node_modules/{name}"]["version"] == version
        if name.startswith(("@codemirror/", "@lezer/")):
            assert f"{name} {version}\n" in licences
    assert all("integrity" in each and "resolved" not in each for name, each in locked.items() if name)


def test_it_is_small_and_only_the_page_of_the_editor_loads_it() -> None:
    assert len(compressed(SCRIPT.read_bytes())) <= BUDGET
    pages = [path.name for path in TEMPLATES.rglob("*.html") if "text-editor.js" in path.read_text()]
    assert pages == ["editor.html"]


def test_nothing_in_it_needs_a_weaker_policy_or_another_host() -> None:
    text = SCRIPT.read_text()
    assert not re.search(
        r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|createPolicy", text
    )
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)
