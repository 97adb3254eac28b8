"""Comments of other systems are added to the posts of a blog."""

import json
from pathlib import Path

import pytest

from everpost.domain.comments import Comment, CommentQuery, CommentStatus, QueueQuery
from everpost.domain.ids import Id
from everpost.stores.port import Store
from everpost.transfer.importers.pipeline.importer import ImportContext
from everpost.transfer.importers.registry import ImportOptions, import_from
from everpost.transfer.importers.reports.import_report import ImportReport
from tests.contract.port.examples import MOMENT, a_post, numbered
from tests.unit.importers.comment_systems import test_remark42
from tests.unit.importers.comment_systems.commento_files import COMMENT_V1, write_v1
from tests.unit.importers.pipeline.threads import disqus_post, write_disqus, write_isso

POST = a_post(id=numbered(1), slug="first", publication_date=MOMENT)


def disqus(path: Path) -> Path:
    """A thread with a deleted comment that has a reply, a spam and a pending comment; and a second thread."""
    deleted = disqus_post("1", inside="<isDeleted>true</isDeleted>")
    return write_disqus(
        path,
        disqus_post("20", inside='<parent dsq:id="1"/>', message="<p>An answer</p>"),
        deleted,
        disqus_post("300", inside="<isSpam>true</isSpam>"),
        disqus_post("4000", inside="<isApproved>false</isApproved>"),
        disqus_post("50000", inside="<isDeleted>true</isDeleted>"),
        disqus_post("600000", thread="13"),
    )


def isso(path: Path) -> Path:
    """The same as for Disqus; the second thread matches no post."""
    row = (1706691600, None, 1, "", "An answer", "Ann", "", "", 0, 0)
    gone, waiting = (1706691600, None, 4, *row[3:]), (1706691600, None, 2, *row[3:])
    rows = [
        (1, 20, 1, *row),
        (1, 1, None, *gone),
        (1, 40, None, *waiting),
        (1, 50, None, *gone),
        (2, 60, None, *row),
    ]
    return write_isso(path, rows)


def remark42(path: Path) -> Path:
    """The same as for Disqus, without a pending comment."""
    comment = {**test_remark42.COMMENT, "orig": "An answer"}
    gone = {**comment, "delete": True}
    other = {"url": "https://blog.example/other/"}
    return test_remark42.write_backup(
        path,
        {**comment, "id": "20", "pid": "1"},
        {**gone, "id": "1"},
        {**gone, "id": "50"},
        {**comment, "id": "60", "locator": other},
    )


def commento(path: Path) -> Path:
    """The same as for Disqus."""
    comment = {**COMMENT_V1, "url": "/2024/first/", "markdown": "An answer"}
    return write_v1(
        path,
        {**comment, "commentHex": "20", "parentHex": "1"},
        {**comment, "commentHex": "1", "deleted": True},
        {**comment, "commentHex": "300", "state": "flagged"},
        {**comment, "commentHex": "4000", "state": "unapproved"},
        {**comment, "commentHex": "50000", "deleted": True},
        {**comment, "commentHex": "600000", "url": "/other/"},
    )


SYSTEMS = {"disqus": disqus, "isso": isso, "remark42": remark42, "commento": commento}


async def thread_of(store: Store, post_id: Id) -> list[Comment]:
    """The shown comments, in order of depth."""
    page = await store.comments.page(CommentQuery(post_id=post_id, limit=100))
    return sorted(page.rows, key=lambda comment: comment.depth)


async def run_import(
    store: Store, system: str, path: Path, options: ImportOptions
) -> dict[str, dict[str, int]]:
    """The counts of the report."""
    report_path = path.with_suffix(".report")
    with ImportReport() as report:
        await import_from(system, path, store, options, ImportContext(report=report))
        report.save(report_path, overwrite=True)
    counts: dict[str, dict[str, int]] = json.loads(report_path.read_bytes())["counts"]
    return counts


@pytest.mark.parametrize("system", SYSTEMS)
async def test_threads_are_added_to_their_posts_once(store: Store, tmp_path: Path, system: str) -> None:
    await store.posts.add(POST)
    path = SYSTEMS[system](tmp_path / "file")
    first = await run_import(store, system, path, ImportOptions())
    assert first["dropped"]["thread"] == 1
    assert first["dropped"]["comment"] == 1
    top, reply = await thread_of(store, POST.id)
    assert (top.status, top.content, top.guest_name) == (CommentStatus.REMOVED, "", None)
    assert (reply.parent_id, reply.content) == (top.id, "An answer")
    assert reply.guest_name in {"Ann", "Ann & Ben"}
    waiting = await store.comments.queue(QueueQuery(status=CommentStatus.PENDING, limit=10))
    assert len(waiting.rows) == (system != "remark42")
    again = await run_import(store, system, path, ImportOptions())
    assert again["already there"]["comment"] == sum(first["imported"].values())
    assert "imported" not in again
    assert await thread_of(store, POST.id) == [top, reply]


async def test_a_pattern_matches_posts_that_the_path_does_not(store: Store, tmp_path: Path) -> None:
    await store.posts.add(POST)
    await store.posts.add(a_post(id=numbered(2), slug="article-second"))
    options = ImportOptions(match=r"^/(?P<slug>\w+)/$")
    rows = [(2, 1, None, 1706691600, None, 1, "", "Hello", "Ann", "", "", 0, 0)]
    counts = await run_import(store, "isso", write_isso(tmp_path / "a", rows), options)
    assert counts == {"dropped": {"thread": 1}}
    await store.posts.add(a_post(id=numbered(3), slug="second"))
    counts = await run_import(store, "isso", tmp_path / "a", options)
    assert counts == {"imported": {"comment": 1}}
    assert [comment.content for comment in await thread_of(store, numbered(3))] == ["Hello"]
