"""Damaged files: each reader yields items or raises BrokenFile, and nothing else."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everpost.errors import BrokenFile
from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.comment_systems.commento import read_commento
from everpost.transfer.importers.comment_systems.disqus import read_disqus
from everpost.transfer.importers.comment_systems.isso import read_isso
from everpost.transfer.importers.comment_systems.remark42 import read_remark42
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import Item
from tests.unit.importers.blogger.blogger_files import (
    DRAFT,
    backup_comment,
    backup_entry,
    label,
    link,
    takeout_comment,
    takeout_entry,
    write_backup,
    write_takeout,
)
from tests.unit.importers.comment_systems import test_remark42
from tests.unit.importers.comment_systems.commento_files import COMMENT_V1, COMMENT_V3, write_v1, write_v3
from tests.unit.importers.exports import real_files
from tests.unit.importers.markdown import test_markdown
from tests.unit.importers.pipeline.threads import disqus_post, write_disqus, write_isso
from tests.volume import examples

TOKENS = [b"\x00", b"\xff", b"<", b"]]>", b"&a;", b"---\n", b"+++\n", b"\n", b'"', b"{", b"[", b"1e999"]


def pages() -> Iterator[bytes]:
    """Pages of each generator."""
    for name in ("HUGO", "HUGO_TOML", "ZOLA", "PELICAN", "JEKYLL", "ELEVENTY"):
        yield getattr(test_markdown, name).encode()
    for path in real_files("markdown/rust-lang/*.md")[:10]:
        yield path.read_bytes()[:2_000]


def exports() -> Iterator[bytes]:
    """Exports of Disqus."""
    with TemporaryDirectory() as folder:
        posts = [disqus_post("1"), disqus_post("2", inside='<parent dsq:id="1"/>')]
        yield write_disqus(Path(folder, "a"), *posts).read_bytes()
    yield from (path.read_bytes() for path in real_files("disqus/*.xml"))


def databases() -> Iterator[bytes]:
    """Databases of Isso."""
    with TemporaryDirectory() as folder:
        yield write_isso(Path(folder, "a")).read_bytes()


def backups() -> Iterator[bytes]:
    """Backups of Remark42."""
    with TemporaryDirectory() as folder:
        plain = test_remark42.write_backup(Path(folder, "a"), test_remark42.COMMENT).read_bytes()
    yield plain
    yield gzip.compress(plain)
    yield from (path.read_bytes() for path in real_files("commento/*.json"))


def feeds() -> Iterator[bytes]:
    """Feeds of Blogger."""
    with TemporaryDirectory() as folder:
        reply = link("related", "http://www.blogger.com/feeds/7/1/comments/default/2")
        entries = [
            backup_comment(2, 1),
            backup_entry(1, "post", DRAFT, label("News")),
            backup_comment(3, 1, reply),
        ]
        yield write_backup(Path(folder, "a"), *entries).read_bytes()
        yield write_takeout(Path(folder, "b"), takeout_entry(1), takeout_comment(2, 1)).read_bytes()


def tables() -> Iterator[bytes]:
    """Exports of Commento and Comentario."""
    with TemporaryDirectory() as folder:
        plain = write_v1(Path(folder, "a"), COMMENT_V1, {**COMMENT_V1, "parentHex": "c1"}).read_bytes()
        yield write_v3(Path(folder, "b"), COMMENT_V3).read_bytes()
    yield plain
    yield gzip.compress(plain)
    yield from (path.read_bytes() for path in real_files("commento/*.json"))


Reader = Callable[[Path], Iterator[Item]]
READERS: Mapping[str, tuple[Reader, list[bytes]]] = {
    "a.md": (lambda path: read_markdown(path.parent), list(pages())),
    "a.xml": (read_disqus, list(exports())),
    "a.db": (read_isso, list(databases())),
    "a.json": (read_remark42, list(backups())),
}
READERS_OF_TWO_PASSES: Mapping[str, tuple[Reader, list[bytes]]] = {
    "a.atom": (lambda path: read_blogger(path, pages=True), list(feeds())),
    "a.json.gz": (read_commento, list(tables())),
}


@st.composite
def damaged(draw: st.DrawFn, sources: list[bytes]) -> bytes:
    """One of the files, with parts of it removed, repeated or overwritten."""
    data = draw(st.sampled_from(sources))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 200)))
        put = draw(st.sampled_from([b"", data[start:end] * 2, *TOKENS]) | st.binary(max_size=8))
        data = data[:start] + put + data[end:]
    return data


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    read, sources = READERS[name]
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data.draw(damaged(sources)))
        with suppress(BrokenFile):
            list(read(path))


@pytest.mark.parametrize("name", READERS_OF_TWO_PASSES)
@settings(max_examples=examples(30))
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_in_two_passes(name: str, data: st.DataObject) -> None:
    read, sources = READERS_OF_TWO_PASSES[name]
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data.draw(damaged(sources)))
        with suppress(BrokenFile):
            list(read(path))
