"""Importing a damaged file ends with a clear error or a report, and never leaves a partial import."""

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from everpost.domain.clock import LATEST
from everpost.domain.posts import Audience, PostFilter, PostKind, PostStatus
from everpost.errors import EverpostError
from everpost.stores import open_store
from everpost.stores.port import Store
from everpost.transfer.importers.model import Outcome
from everpost.transfer.importers.pipeline.importer import ImportContext
from everpost.transfer.importers.registry import ImportOptions, import_from
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.unit.importers.blogger.blogger_files import (
    DRAFT,
    backup_comment,
    backup_entry,
    label,
    link,
    write_backup,
)
from tests.unit.importers.comment_systems.commento_files import COMMENT_V1, write_v1
from tests.unit.importers.exports import (
    GHOST_POST,
    ghost,
    ghost_comment,
    ghost_post,
    of_each_real_file,
    wxr,
    wxr_author,
    wxr_comment,
    wxr_item,
    wxr_term,
)
from tests.volume import examples

WORDPRESS = wxr(
    wxr_author(),
    wxr_item(1, wxr_term("News"), wxr_comment(1), wxr_comment(2, parent=1), wxr_comment(3, parent=2)),
    wxr_item(2, wxr_comment(4, wp_comment_type="pingback"), wp_post_name="a-slug"),
    wxr_item(3, wp_post_type="page"),
)
MOBILEDOC = json.dumps(
    {
        "version": "0.3.1",
        "markups": [["b"]],
        "cards": [["hr", {}]],
        "sections": [[1, "p", [[0, [0], 1, "a"]]], [10, 0]],
    }
)
WORDS = {"type": "text", "text": "a", "format": 1}
LEXICAL = json.dumps({"root": {"children": [{"type": "paragraph", "children": [WORDS]}]}})
GHOST = ghost(
    ghost_post(mobiledoc=MOBILEDOC, html=None),
    ghost_post(id="2", lexical=LEXICAL, html=None),
    ghost_post(id="3", type="page"),
    users=[{"id": "u", "name": "Ada", "email": "ada@example.org"}],
    tags=[{"id": "t", "name": "News"}],
    posts_tags=[{"post_id": GHOST_POST, "tag_id": "t", "sort_order": 0}],
    posts_authors=[{"post_id": GHOST_POST, "author_id": "u", "sort_order": 0}],
    comments=[ghost_comment("1"), ghost_comment("2", parent_id="1")],
)
OF_MARKUP = re.compile(rb"(?<=[>\[])[^<>\[\]]+(?=[<\]])")
OF_JSON = re.compile(rb'"(?:[^"\\]|\\.)*"|\b\d+\b|null|true|false')
VALUES = (
    *(b"", b"0", b"-1", b"9" * 30, b"1e999", b"null", b"{}", b"[]", b'"', b'""', b"]]>", b"<![CDATA["),
    *(b"&amp;", b"&b;", b"<b/>", b"\x00", b"\xff", b"x" * 300, "\U0001f600".encode()),
    *(b"0000-00-00 00:00:00", b"9999-12-31 23:59:59", b'"9999-12-31T23:59:59-23:59"'),
    *(b'"\\ud800"', b'"\\u0000"'),
)


@dataclass(frozen=True)
class Change:
    """A change to a file."""

    position: float
    """From 0 to 1."""
    kind: str
    value: bytes

    def of(self, file: bytes, values: re.Pattern[bytes]) -> bytes:
        """The changed file."""
        start = int(self.position * len(file))
        if self.kind == "cut":
            return file[:start]
        if self.kind == "swap":
            found = values.search(file, start)
            return file if found is None else file[: found.start()] + self.value + file[found.end() :]
        if self.kind == "repeat":
            return file[:start] + file[start // 2 :]
        end = start if self.kind == "insert" else start + len(self.value)
        return file[:start] + self.value + file[end:]


changes = st.builds(
    Change,
    position=st.floats(0, 1, exclude_max=True),
    kind=st.sampled_from(["swap"] * 6 + ["overwrite", "insert", "repeat", "cut"]),
    value=st.sampled_from(VALUES) | st.binary(max_size=4),
)
mutations = st.lists(changes, max_size=4)


class Importer:
    """A blog on SQLite into which files are imported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runner = asyncio.Runner()
        url = f"sqlite:///{folder / 'blog.db'}"
        self._store: Store = self._runner.run(open_store(url, timeout=10, pool_size=1))

    def close(self) -> None:
        self._runner.run(self._store.close())
        self._runner.close()

    def import_twice(self, system: str, file: bytes) -> None:
        """Import the file twice; the second import must add nothing."""
        path = self._folder / "export"
        path.write_bytes(file)
        before = self._runner.run(self._count())
        with ImportReport() as first:
            try:
                self._runner.run(self._import(system, path, first))
            except EverpostError:
                assert self._runner.run(self._count()) == before
                return
            kept = first.count(Outcome.IMPORTED, "post") + first.count(Outcome.CHANGED, "post")
            assert self._runner.run(self._count()) == before + kept
            assert list(first.text())
        with ImportReport() as second:
            self._runner.run(self._import(system, path, second))
            for kind in ("author", "post", "comment"):  # repairs of the file itself are reported each time
                assert second.count(Outcome.IMPORTED, kind) == second.count(Outcome.CHANGED, kind) == 0

    async def _import(self, system: str, path: Path, report: ImportReport) -> None:
        await import_from(system, path, self._store, ImportOptions(), ImportContext(report=report))

    async def _count(self) -> int:
        audience = Audience(moment=LATEST, sees_all=True)
        counts = [
            await self._store.posts.count(PostFilter(audience=audience, status=status, kind=kind))
            for status in PostStatus
            for kind in PostKind
        ]
        return sum(counts)


@pytest.fixture(scope="module")
def importer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Importer]:
    importer = Importer(tmp_path_factory.mktemp("fuzzed"))
    yield importer
    importer.close()


@pytest.fixture(scope="module")
def blogger(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup with a post and its thread, a draft and a page."""
    path = tmp_path_factory.mktemp("blogger") / "blog.xml"
    reply = link("related", "http://www.blogger.com/feeds/7/1/comments/default/2")
    entries = [
        backup_comment(2, 1),
        backup_entry(1, "post", label("News"), link("alternate", "http://blog.example/2024/01/a-slug.html")),
        backup_comment(3, 1, reply),
        backup_entry(4, "post", DRAFT),
        backup_entry(5, "page"),
        backup_entry(6, "settings"),
    ]
    return write_backup(path, *entries).read_bytes()


@pytest.fixture(scope="module")
def commento(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An export with a thread whose URL may match a post."""
    path = tmp_path_factory.mktemp("commento") / "export.json"
    comment = {**COMMENT_V1, "url": "/a-slug/"}
    return write_v1(path, comment, {**comment, "commentHex": "c2", "parentHex": "c1"}).read_bytes()


def mutated(file: bytes, all_changes: Sequence[Change], values: re.Pattern[bytes]) -> bytes:
    for change in all_changes:
        file = change.of(file, values)
    return file


# The blog grows from example to example: what it has already is one more case.
@settings(max_examples=examples(40))
@given(all_changes=mutations)
@example(all_changes=[])
def test_a_mutated_export_of_wordpress_does_no_harm(importer: Importer, all_changes: list[Change]) -> None:
    importer.import_twice("wordpress", mutated(WORDPRESS.encode(), all_changes, OF_MARKUP))


@settings(max_examples=examples(40))
@given(all_changes=mutations)
@example(all_changes=[])
def test_a_mutated_export_of_ghost_does_no_harm(importer: Importer, all_changes: list[Change]) -> None:
    importer.import_twice("ghost", mutated(GHOST.encode(), all_changes, OF_JSON))


@settings(max_examples=examples(20))
@given(all_changes=mutations)
@example(all_changes=[])
def test_a_mutated_export_of_blogger_does_no_harm(
    importer: Importer, blogger: bytes, all_changes: list[Change]
) -> None:
    importer.import_twice("blogger", mutated(blogger, all_changes, OF_MARKUP))


@settings(max_examples=examples(20))
@given(all_changes=mutations)
@example(all_changes=[])
def test_a_mutated_export_of_commento_does_no_harm(
    importer: Importer, commento: bytes, all_changes: list[Change]
) -> None:
    importer.import_twice("commento", mutated(commento, all_changes, OF_JSON))


@of_each_real_file("wordpress/*.xml", "ghost/*.json")
@settings(max_examples=examples(6))
@given(all_changes=mutations)
def test_a_mutated_real_file_does_no_harm(importer: Importer, path: Path, all_changes: list[Change]) -> None:
    values = OF_MARKUP if path.suffix == ".xml" else OF_JSON
    importer.import_twice(path.parent.name, mutated(path.read_bytes(), all_changes, values))
