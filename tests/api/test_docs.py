"""The page of the API documentation: self-contained, or switched off."""

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from everpost.api.openapi import swagger_page
from everpost.api.openapi.responses import TAGS
from tests.api.conftest import Site, Sites
from tests.faults.served import PATIENCE, ServedBlog

STATIC = Path(swagger_page.__file__).parent / "static"
ASSETS = Path(__file__).parents[2] / "assets"
MANIFEST = json.loads((STATIC / "manifest.json").read_text())
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def sources(page: str) -> list[str]:
    return re.findall(r'(?:src|href)="([^"]+)"', page)


async def test_the_page_names_only_files_of_its_own_and_has_no_inline_script_or_style(site: Site) -> None:
    page = await site.client.get("/docs")
    paths = [source for source in sources(page.text) if source != "data:,"]
    assert len(paths) == 3
    for path in paths:
        assert path.startswith("/docs/")
        file = await site.client.get(path)
        assert file.status_code == 200
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert file.headers["content-type"].split(";")[0] in ("text/css", "text/javascript")
    assert not re.search(r"<style|style=|<script>|\bon[a-z]+=", page.text)
    policy = page.headers["content-security-policy"]
    assert not re.search(r"unsafe|http|\*", policy)
    assert "script-src 'self';" in policy


@pytest.mark.parametrize(
    "name", ["nothing", "manifest.json", "..%2Fdocs.py", "../docs.py", "swagger-ui.LICENSE"]
)
async def test_nothing_else_is_served_beside_the_page(site: Site, name: str) -> None:
    assert (await site.client.get(f"/docs/{name}")).status_code == 404


async def test_a_setting_switches_the_documentation_off(sites: Sites) -> None:
    site = await sites.open(docs=False)
    file = MANIFEST["files"]["docs.js"]["file"]
    for path in ("/docs", "/openapi.json", f"/docs/{file}"):
        assert (await site.client.get(path)).status_code == 404
    assert (await site.client.get("/posts")).status_code == 200


def test_the_committed_files_are_those_of_the_manifest_and_of_the_lock() -> None:
    for each in MANIFEST["files"].values():
        digest = hashlib.sha256((STATIC / each["file"]).read_bytes()).hexdigest()
        assert digest == each["sha256"]
        assert digest[:16] in each["file"]
    served = {each["file"] for each in MANIFEST["files"].values()}
    others = {path.name for path in STATIC.iterdir()} - served
    assert others == {
        "manifest.json",
        "swagger-ui.LICENSE",
        "swagger-ui.NOTICE",
        "swagger-ui.swagger-ui-bundle.js.LICENSE.txt",
    }
    script = (ASSETS / "docs.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() == MANIFEST["files"]["docs.js"]["sha256"]
    wanted = json.loads((ASSETS / "package.json").read_text())["dependencies"]
    locked = json.loads((ASSETS / "package-lock.json").read_text())["packages"]
    assert wanted["swagger-ui-dist"] == MANIFEST["swagger-ui-dist"]
    assert locked["node_modules/swagger-ui-dist"]["version"] == MANIFEST["swagger-ui-dist"]
    packages = [package for name, package in locked.items() if name]
    assert all("integrity" in package and "resolved" not in package for package in packages)


async def test_the_page_and_its_style_name_no_other_host(site: Site) -> None:
    page = await site.client.get("/docs")
    style = (STATIC / MANIFEST["files"]["swagger-ui.css"]["file"]).read_text()
    script = (ASSETS / "docs.js").read_text()
    for text in (page.text, script):
        assert "//" not in re.sub(r"^//.*$", "", text, flags=re.MULTILINE)
    assert not re.search(r"@import|url\(\s*+[\"']?+(?!data:)", style)
    assert "connect-src 'self';" in page.headers["content-security-policy"]


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium to start")
def test_the_page_shows_every_group_in_a_browser_without_a_network(tmp_path: Path) -> None:
    with ServedBlog(f"sqlite:///{tmp_path}/blog.db", tmp_path) as blog:
        shown = subprocess.run(
            [
                str(CHROMIUM),
                *("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile"),
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                *("--virtual-time-budget=20000", "--dump-dom", f"{blog.api}/docs"),
            ],
            capture_output=True,
            text=True,
            timeout=PATIENCE * 4,
            check=True,
        ).stdout
    for name, _ in TAGS:
        assert f'id="operations-tag-{name.replace(" ", "_")}"' in shown
    assert "Create a post" in shown
