"""Importing folders of Markdown files into every store, through the registry of systems."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from everpost.errors import Invalid, UnreadableSource
from everpost.stores.port import Store
from everpost.transfer.importers.formats.time_zones import zone_named
from everpost.transfer.importers.model import Outcome
from everpost.transfer.importers.pipeline.importer import ImportContext
from everpost.transfer.importers.registry import ImportOptions, import_from
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.contract.port.examples import read_posts, read_thread
from tests.unit.importers.markdown.folders import write_folder

DISQUS = """<?xml version="1.0"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="1"><link>https://a.example/2013/05/01/%e4%bd%a0%e5%a5%bd/</link><title>A</title></thread>
<post dsq:id="2"><message>A</message><createdAt>2014-01-01T00:00:00Z</createdAt><thread dsq:id="1"/></post>
</disqus>"""


async def run_import(
    store: Store, system: str, path: Path, options: ImportOptions, *, skip: bool = False
) -> list[str]:
    """Import; return the names of what cannot be read."""
    with ImportReport() as report:
        await import_from(system, path, store, options, ImportContext(report=report, skip_unreadable=skip))
        return [note.name for note in report.notes(Outcome.UNREADABLE)]


async def test_threads_match_posts_with_percent_encoded_names(store: Store, tmp_path: Path) -> None:
    write_folder(tmp_path / "site", {"_posts/2013-05-01-%e4%bd%a0%e5%a5%bd.md": "---\n---\nText"})
    (tmp_path / "disqus.xml").write_text(DISQUS)
    await run_import(store, "markdown", tmp_path / "site", ImportOptions())
    await run_import(store, "disqus", tmp_path / "disqus.xml", ImportOptions())
    [post] = await read_posts(store)
    assert post.slug == "你好"
    assert len(await read_thread(store, post.id)) == 1


async def test_unreadable_files_of_a_folder_are_skipped_on_request(store: Store, tmp_path: Path) -> None:
    good = "---\ntitle: A\ndate: 2024-07-31 10:00\ndraft: {draft}\n---\n"
    site = {"a.md": "---\ntitle: [\n---\n", "b.md": good.format(draft="no"), "c.md": good.format(draft="yes")}
    write_folder(tmp_path, site | {"d.md": b"caf\xe9"})
    berlin = ImportOptions(timezone=zone_named("Europe/Berlin"))
    with pytest.raises(UnreadableSource, match=r"^2 items"):
        await run_import(store, "markdown", tmp_path, berlin)
    assert await read_posts(store) == []
    assert await run_import(store, "markdown", tmp_path, berlin, skip=True) == ["a.md", "d.md"]
    shown, hidden = await store.posts.find("b", comments=0), await store.posts.find("c", comments=0)
    assert shown is not None
    assert hidden is not None
    assert (shown.status, hidden.status) == (PostStatus.PUBLISHED, PostStatus.DRAFT)
    assert shown.publication_date == datetime(2024, 7, 31, 8, tzinfo=UTC)


async def test_a_folder_in_two_languages_is_never_mixed(store: Store, tmp_path: Path) -> None:
    text = "---\ntitle: A\ndate: 2024-07-31\n---\n"
    write_folder(tmp_path, {"en/a.md": text, "fr/a.md": text})
    with pytest.raises(Invalid, match="en, fr"):
        await run_import(store, "markdown", tmp_path, ImportOptions())
    await run_import(store, "markdown", tmp_path, ImportOptions(language="fr"))
    assert [post.slug for post in await read_posts(store)] == ["a"]
