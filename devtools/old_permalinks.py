"""Checks that the old addresses of a real export lead to its posts.

    python -m devtools.old_permalinks wordpress export.xml

Imports the file into a new SQLite database, requests the address of each published post and page, and prints
those that neither redirect to the post nor are its permalink. The addresses are read from the export by other
means than those of the importers.
"""

import asyncio
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from lxml import etree

from everpost import Settings, create_app
from everpost.transfer.importers.pipeline.importer import ImportContext
from everpost.transfer.importers.registry import ImportOptions, import_from
from everpost.transfer.importers.reports.import_report import ImportReport

_PATHS = re.compile(r"^(?:path|url|permalink)\s*[=:]\s*[\"']?([^\"'\n]+)", re.MULTILINE)
_ALIASES = re.compile(r"^(?:aliases|redirect_from)\s*[=:]\s*\[([^\]]*)\]", re.MULTILINE)


def addresses(system: str, path: Path) -> Iterator[tuple[str, str]]:
    """The title and the old address of each post and page that was published."""
    match system:
        case "wordpress":
            yield from _of_wordpress(path)
        case "ghost":
            yield from _of_ghost(path)
        case _:
            yield from _of_markdown(path)


def _of_wordpress(path: Path) -> Iterator[tuple[str, str]]:
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(recover=True))
    for item in root.iter("item"):
        is_public = _text(item, "status") == "publish" and not _text(item, "post_password")
        if is_public and _text(item, "post_type") in {"post", "page"}:
            yield item.findtext("title") or "", item.findtext("link") or ""


def _text(item: etree._Element, name: str) -> str:
    return next((each.text or "" for each in item if etree.QName(each).localname == name), "")


def _of_ghost(path: Path) -> Iterator[tuple[str, str]]:
    found = json.loads(path.read_text())
    data = found["db"][0]["data"] if "db" in found else found["data"]
    for row in data["posts"]:
        if row["status"] == "published" and row.get("visibility", "public") == "public":
            yield row["title"], f"/{row['slug']}/"


def _of_markdown(path: Path) -> Iterator[tuple[str, str]]:
    """The paths in front matter. Section pages, which are lists, have none of their own."""
    for file in sorted(path.rglob("*.md")):
        front_matter = re.split(r"^(?:---|\+\+\+)$", file.read_text(), maxsplit=2, flags=re.MULTILINE)[1:2]
        if file.name == "_index.md" or not front_matter:
            continue
        for found in (*_PATHS.findall(front_matter[0]), *_listed(front_matter[0])):
            yield file.name, f"/{found.strip('/')}"


def _listed(front_matter: str) -> Iterator[str]:
    for found in _ALIASES.findall(front_matter):
        yield from re.findall(r"[\"']([^\"']+)[\"']", found)


async def check(system: str, path: Path) -> Counter[str]:
    """Import the export, request each address, and count the answers."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, ImportReport() as report:
        app = create_app(Settings(database_url=f"sqlite:///{folder}/blog.db"))
        async with app.router.lifespan_context(app):
            store = await app.state.lifecycle.store()
            context = ImportContext(report=report, skip_unreadable=True)
            await import_from(system, path, store, ImportOptions(), context)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://blog.example") as client:
                for title, address in addresses(system, path):
                    counts[await _outcome(client, title, address)] += 1
    return counts


async def _outcome(client: httpx.AsyncClient, title: str, address: str) -> str:
    """What the address leads to; if not to a post, print it."""
    parts = urlsplit(address)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    answer = await client.get(target or "/")
    outcome = str(answer.status_code)
    if answer.status_code == 301:
        page = await client.get(answer.headers["location"])
        outcome += f" → {page.status_code}"
    if not outcome.endswith("200") or (answer.status_code == 200 and parts.path in {"", "/"}):
        sys.stdout.write(f"{outcome} {address} {title[:60]!r}\n")
    return outcome


if __name__ == "__main__":
    _, chosen, export = sys.argv
    sys.stdout.write(f"{dict(asyncio.run(check(chosen, Path(export))))}\n")
