"""Damaged files: each reader gives items or says that the file is broken, and raises nothing else."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.errors import BrokenFile
from everpost.transfer.elsewhere.disqus import read_disqus
from everpost.transfer.elsewhere.isso import read_isso
from everpost.transfer.elsewhere.items import Item
from everpost.transfer.elsewhere.markdown.reader import read_markdown
from everpost.transfer.elsewhere.remark42 import read_remark42
from tests.unit.transfer_elsewhere import test_markdown, test_remark42
from tests.unit.transfer_elsewhere.exports import real_files
from tests.unit.transfer_elsewhere.threads import disqus_post, write_disqus, write_isso

TOKENS = [b"\x00", b"\xff", b"<", b"]]>", b"&a;", b"---\n", b"+++\n", b"\n", b'"', b"{", b"[", b"1e999"]


def pages() -> Iterator[bytes]:
    """Pages of each generator."""
    for name in ("HUGO", "HUGO_TOML", "ZOLA", "PELICAN", "JEKYLL", "ELEVENTY"):
        yield getattr(test_markdown, name).encode()
    for path in real_files("markdown/rust-lang/*.md")[:10]:
        yield path.read_bytes()[:2_000]


def exports() -> Iterator[bytes]:
    """Disqus's."""
    with TemporaryDirectory() as folder:
        posts = [disqus_post("1"), disqus_post("2", inside='<parent dsq:id="1"/>')]
        yield write_disqus(Path(folder, "a"), *posts).read_bytes()
    yield from (path.read_bytes() for path in real_files("disqus/*.xml"))


def databases() -> Iterator[bytes]:
    """Isso's."""
    with TemporaryDirectory() as folder:
        yield write_isso(Path(folder, "a")).read_bytes()


def backups() -> Iterator[bytes]:
    """Remark42's."""
    with TemporaryDirectory() as folder:
        plain = test_remark42.write_backup(Path(folder, "a"), test_remark42.COMMENT).read_bytes()
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


@st.composite
def damaged(draw: st.DrawFn, sources: list[bytes]) -> bytes:
    """One of the files, with parts of it cut out, doubled or overwritten."""
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
