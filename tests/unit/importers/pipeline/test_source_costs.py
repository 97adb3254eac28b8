"""The cost of an import is bounded by the size of the source, however its records refer to one another.
(test_hostile_costs is about the bytes of files.)
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.comment_systems.commento import read_commento
from everpost.transfer.importers.comment_systems.disqus import read_disqus
from everpost.transfer.importers.comment_systems.isso import read_isso
from everpost.transfer.importers.comment_systems.remark42 import read_remark42
from everpost.transfer.importers.ghost.reader import read_ghost
from everpost.transfer.importers.model import Item, Note, SourceThread
from everpost.transfer.importers.pipeline.import_spool import ImportSpool
from everpost.transfer.importers.reports.import_report import ImportReport
from everpost.transfer.importers.wordpress.reader import read_wordpress
from tests.growth import assert_cost_grows_no_faster_than_size
from tests.unit.importers.blogger.blogger_files import (
    backup_comment,
    backup_entry,
    label,
    link,
    post_id,
    takeout_comment,
    takeout_entry,
    write_backup,
    write_takeout,
)
from tests.unit.importers.comment_systems.commento_files import (
    COMMENT_V1,
    COMMENT_V3,
    COMMENTER_V1,
    PAGE_V3,
    write_v1,
    write_v3,
)
from tests.unit.importers.comment_systems.test_remark42 import COMMENT as REMARK
from tests.unit.importers.comment_systems.test_remark42 import write_backup as write_remark42
from tests.unit.importers.exports import (
    ghost,
    ghost_comment,
    ghost_post,
    wxr,
    wxr_comment,
    wxr_item,
    wxr_term,
)
from tests.unit.importers.pipeline.threads import ISSO, disqus_post, write_disqus

Write = Callable[[Path, int], object]
Read = Callable[[Path], Iterator[Item]]
LONG = 100
"""Characters of the long value per record that refers to it: both cost the same if the value is read once."""


def blogger(path: Path) -> Iterator[Item]:
    return read_blogger(path, pages=True)


def long(size: int) -> str:
    return "x" * (size * LONG)


def disqus(path: Path, size: int) -> None:
    """Many comments on a thread with a long title and a long address."""
    write_disqus(path, *(disqus_post(str(each)) for each in range(size)))
    text = (
        path.read_text().replace("First &amp; last", long(size)).replace("/2024/01/first/", f"/{long(size)}")
    )
    path.write_text(text)


def isso(path: Path, size: int) -> None:
    """Many comments on a thread with a long title and a long address."""
    row = "1, ?, NULL, 1706691600, NULL, 1, '', 'x', 'Ann', '', '', 0, 0, x'00', 0"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(ISSO)
        database.execute(
            "UPDATE threads SET uri = ?, title = ?", (long(size), long(size))
        ) if size < 0 else None
        database.execute("UPDATE threads SET uri = ?, title = ? WHERE id = 1", ("/" + long(size), long(size)))
        database.executemany(f"INSERT INTO comments VALUES ({row})", ((each,) for each in range(size)))
        database.commit()


def wordpress(path: Path, *parts: str, title: str) -> None:
    path.write_text(wxr(wxr_item(1, *parts, title=title)))


CASES: Mapping[str, tuple[Read, Write]] = {
    "blogger: a long title, and much that has no place": (
        blogger,
        lambda path, n: write_backup(
            path, backup_entry(1, "post", *[link("enclosure", "/a")] * n, title=long(n))
        ),
    ),
    "blogger: long ids": (
        blogger,
        lambda path, n: write_backup(
            path, *(backup_comment(each, 1, id=f"{long(n // 100)}{each}") for each in range(n))
        ),
    ),
    "blogger: many comments on a post with a long id": (
        blogger,
        lambda path, n: write_takeout(
            path, *(takeout_comment(each, 1, blogger_parent="x" * 400) for each in range(n))
        ),
    ),
    "blogger: many comments without a post": (
        blogger,
        lambda path, n: write_backup(path, *(backup_comment(each, each + n) for each in range(n))),
    ),
    "blogger: a chain of replies": (
        blogger,
        lambda path, n: write_takeout(
            path,
            takeout_entry(1),
            *(takeout_comment(each + 2, 1, blogger_inReplyTo=post_id(each + 3)) for each in range(n)),
        ),
    ),
    "blogger: many labels": (
        blogger,
        lambda path, n: write_backup(path, backup_entry(1, "post", *map(label, map(str, range(n))))),
    ),
    "blogger: many names of fields": (
        blogger,
        lambda path, n: write_backup(
            path, backup_entry(1, "post", *(f"<f{each}>1</f{each}>" for each in range(n)))
        ),
    ),
    "blogger: many authors": (
        blogger,
        lambda path, n: write_backup(
            path, *(backup_entry(each, name=str(each), uri="") for each in range(n))
        ),
    ),
    "blogger: a long date": (blogger, lambda path, n: write_backup(path, backup_entry(published="1" * n))),
    "blogger: xhtml": (
        blogger,
        lambda path, n: write_backup(
            path, backup_entry().replace("type='html'>", "type='xhtml'>" + "<b>x</b>" * n, 1)
        ),
    ),
    "commento: a long path": (
        read_commento,
        lambda path, n: write_v3(
            path,
            *({**COMMENT_V3, "id": str(each)} for each in range(n)),
            pages=[{**PAGE_V3, "path": long(n), "title": long(n)}],
        ),
    ),
    "commento: a long name": (
        read_commento,
        lambda path, n: write_v1(
            path,
            *({**COMMENT_V1, "commentHex": str(each)} for each in range(n)),
            commenters=[{**COMMENTER_V1, "name": long(n)}],
        ),
    ),
    "commento: many names of fields": (
        read_commento,
        lambda path, n: write_v1(path, {**COMMENT_V1, **{f"f{each}": 1 for each in range(n)}}),
    ),
    "commento: many at the root": (
        read_commento,
        lambda path, n: write_v1(path, COMMENT_V1, **{f"f{each}": 1 for each in range(n)}),
    ),
    "commento: many pages": (
        read_commento,
        lambda path, n: write_v3(path, COMMENT_V3, pages=[{**PAGE_V3, "id": str(each)} for each in range(n)]),
    ),
    "disqus: a long title": (read_disqus, disqus),
    "isso: a long title": (read_isso, isso),
    "remark42: many comments": (
        read_remark42,
        lambda path, n: write_remark42(path, *({**REMARK, "id": str(each)} for each in range(n))),
    ),
    "wordpress: a long title, and comments that are none": (
        lambda path: read_wordpress(path, pages=False),
        lambda path, n: wordpress(
            path, *(wxr_comment(each, wp_comment_type="pingback") for each in range(n)), title=long(n)
        ),
    ),
    "wordpress: a long title, and terms": (
        lambda path: read_wordpress(path, pages=False),
        lambda path, n: wordpress(path, *(wxr_term(str(each), "x") for each in range(n)), title=long(n)),
    ),
    "ghost: a long title, and internal tags": (
        lambda path: read_ghost(path, pages=False),
        lambda path, n: path.write_text(
            ghost(
                ghost_post(title=long(n)),
                tags=[{"id": str(each), "name": "#x"} for each in range(n)],
                posts_tags=[{"post_id": ghost_post()["id"], "tag_id": str(each)} for each in range(n)],
            )
        ),
    ),
    "ghost: comments": (
        lambda path: read_ghost(path, pages=False),
        lambda path, n: path.write_text(
            ghost(ghost_post(), comments=[ghost_comment(str(e)) for e in range(n)])
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_cost_of_a_source_is_bounded_by_its_size(tmp_path: Path, case: str) -> None:
    read, write = CASES[case]

    def make(size: int) -> Path:
        path = tmp_path / f"source-{size}"
        if not path.exists():
            write(path, size)
        return path

    def run(path: Path) -> None:
        with ImportSpool() as spool, ImportReport() as report, suppress(BrokenFile):
            for item in read(path):
                if isinstance(item, SourceThread):
                    spool.add_part(item)
                elif isinstance(item, Note):
                    report.add(item)

    assert_cost_grows_no_faster_than_size(make, run, size=100, most=20_000)
