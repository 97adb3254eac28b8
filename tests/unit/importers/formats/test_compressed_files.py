"""Compressed exports."""

import gzip
import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.comment_systems.disqus import read_disqus
from everpost.transfer.importers.comment_systems.isso import read_isso
from everpost.transfer.importers.comment_systems.remark42 import read_remark42
from everpost.transfer.importers.formats import compressed_files
from everpost.transfer.importers.formats.compressed_files import CompressedFile
from everpost.transfer.importers.ghost.reader import read_ghost
from everpost.transfer.importers.model import SourcePost
from everpost.transfer.importers.registry import SYSTEMS, ImportOptions
from everpost.transfer.importers.wordpress.reader import read_wordpress, wordpress_site
from tests.unit.importers.exports import dropped, ghost, ghost_post, of_kind, wxr, wxr_item
from tests.unit.importers.pipeline.threads import write_isso

DISQUS = """<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="1"><link>https://blog.example/x/</link></thread>
<post dsq:id="11"><message>Hi</message><createdAt>2020-01-03T00:00:00Z</createdAt><thread dsq:id="1"/></post>
</disqus>"""
REMARK42 = """{"version":1,"users":[],"posts":[]}
{"id":"a","text":"Hi","locator":{"url":"https://blog.example/x/"},"time":"2024-01-31T10:00:00Z"}
"""
READERS = {
    "wordpress": ("export.xml", wxr(wxr_item())),
    "disqus": ("export.xml", DISQUS),
    "ghost": ("export.json", ghost(ghost_post())),
    "remark42": ("backup", REMARK42),
    "isso": ("comments.db", ""),
}


def zipped(path: Path, files: Mapping[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("system", READERS)
def test_every_system_reads_compressed_files(tmp_path: Path, system: str) -> None:
    name, text = READERS[system]
    path = tmp_path / name
    if system == "isso":
        write_isso(path)
    else:
        path.write_text(text)
    content = path.read_bytes()
    (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
    zipped(tmp_path / f"{name}.zip", {"a/": b"", f"a/{name}": content, f"__MACOSX/a/._{name}": b"x"})

    def found(file: str) -> str:
        items = SYSTEMS[system].read(tmp_path / file, ImportOptions())
        return repr(list(items)).replace(file, name)

    assert found(f"{name}.gz") == found(f"{name}.zip") == found(name)
    assert "Source" in found(name)
    assert SYSTEMS[system].site(tmp_path / f"{name}.zip") == SYSTEMS[system].site(path)


def test_all_files_of_an_archive_are_one_export(tmp_path: Path) -> None:
    files = {
        "blog.001.xml": wxr(wxr_item(2)),
        "blog.000.xml": wxr(wxr_item(1)),
        "readme.txt": "Hello",
        "blog.002.XML": "\ufeff\n" + wxr(wxr_item(3)),
    }
    path = zipped(tmp_path / "blog.zip", files)
    assert wordpress_site(path) == "https://blog.example"
    items = list(read_wordpress(path, pages=False))
    assert [post.source_id for post in of_kind(SourcePost, items)] == ["1", "2", "3"]
    assert dropped(iter(items)) == [("text", "blog.002.XML"), ("file", "readme.txt")]


def test_a_broken_file_of_an_archive_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "blog.zip", {"1.xml": wxr(wxr_item(1)), "2.xml": wxr(wxr_item(2))[:-20]})
    with pytest.raises(BrokenFile, match=r"2\.xml, line "):
        list(read_wordpress(path, pages=False))


def test_an_archive_of_several_files_is_refused_if_one_is_expected(tmp_path: Path) -> None:
    path = zipped(tmp_path / "ghost.zip", {"a.json": "{}", "b.json": "{}"})
    with pytest.raises(BrokenFile, match=r"more than one \.json file: a\.json, b\.json"):
        list(read_ghost(path, pages=False))


def test_an_archive_without_an_export_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "blog.zip", {"a.html": "Hi"})
    with pytest.raises(BrokenFile, match=r"there is no \.xml file in it"):
        list(read_wordpress(path, pages=False))


def _encrypted() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.xml", DISQUS)
    content = bytearray(file.getvalue())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(DISQUS.encode())[:-10],
        gzip.compress(DISQUS.encode())[:20] + b"x" * 200,
        b"\x1f\x8b",
        b"PK\x03\x04",
        b"PK\x03\x04" + b"x" * 500,
        _encrypted(),
    ],
)
def test_a_broken_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "export.xml.gz"
    path.write_bytes(content)
    with pytest.raises(BrokenFile, match=r"export\.xml\.gz.*(unpacked|archive)"):
        list(read_disqus(path))


@pytest.mark.parametrize("packing", ["gz", "zip"])
def test_a_decompression_bomb_is_refused_before_it_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packing: str
) -> None:
    """Parsing a text with that many spaces would take long."""
    monkeypatch.setattr(compressed_files, "ALWAYS_UNPACKED", 10_000)
    bomb = b'{"db":[{"data":{"posts":[{"id":"' + b" " * 1_000_000
    path = tmp_path / f"export.json.{packing}"
    if packing == "gz":
        path.write_bytes(gzip.compress(bomb))
    else:
        zipped(path, {"export.json": bomb, "other.bin": os.urandom(100_000)})
    with pytest.raises(BrokenFile, match="much larger than its size"):
        CompressedFile(path, ".json").documents()


def test_a_file_that_compresses_as_well_as_text_can_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed_files, "ALWAYS_UNPACKED", 10_000)
    content = b"".join(os.urandom(4) + b"-" * 100 for _ in range(10_000))
    path = tmp_path / "export.json.gz"
    path.write_bytes(gzip.compress(content))
    assert path.stat().st_size * 15 < len(content)
    (document,) = CompressedFile(path, ".json").documents()
    for _ in range(2):
        with document.open() as file:
            assert file.read() == content


@pytest.mark.parametrize("system", READERS)
@pytest.mark.parametrize("packing", ["gz", "zip"])
def test_a_decompression_bomb_is_not_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str, packing: str
) -> None:
    monkeypatch.setattr(compressed_files, "ALWAYS_UNPACKED", 10_000)
    name, _ = READERS[system]
    bomb = b'{"version":1,"users":[],"posts":[]}' + b" \n" * 1_000_000
    path = tmp_path / f"{name}.{packing}"
    if packing == "gz":
        path.write_bytes(gzip.compress(bomb, 1))
    else:
        zipped(path, {name: bomb})
    with pytest.raises(BrokenFile, match="much larger than its size"):
        list(SYSTEMS[system].read(path, ImportOptions()))


def test_the_files_of_an_archive_share_an_allowance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compressed_files, "ALWAYS_UNPACKED", 10_000)
    monkeypatch.setattr(compressed_files, "MOST_RATIO", 0)
    path = zipped(tmp_path / "a.zip", {f"{each}.xml": wxr(wxr_item(each)) for each in range(9)})
    with pytest.raises(BrokenFile, match="much larger than its size"):
        list(read_wordpress(path, pages=False))


def test_a_decompressed_database_is_removed_after_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    path = write_isso(tmp_path / "comments.db")
    with path.open("rb") as source, gzip.open(tmp_path / "comments.db.gz", "wb") as packed:
        shutil.copyfileobj(source, packed)
    assert list(read_isso(tmp_path / "comments.db.gz"))
    assert list(folder.iterdir()) == []


def test_a_backup_of_remark42_in_an_archive_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "backup.zip", {"backup-site.json": REMARK42})
    assert list(read_remark42(path))
