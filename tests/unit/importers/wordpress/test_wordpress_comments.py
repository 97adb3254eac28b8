"""Comments in WordPress's export."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.comments import CommentStatus
from everpost.transfer.importers.model import Item, SourceComment
from everpost.transfer.importers.wordpress.reader import read_wordpress
from tests.unit.importers.exports import dropped, only_post, wxr, wxr_author, wxr_comment, wxr_item


def read(folder: Path, *comments: str) -> Sequence[Item]:
    path = folder / "export.xml"
    path.write_text(wxr(wxr_author(id=5), wxr_item(7, *comments)), encoding="utf-8")
    return list(read_wordpress(path, pages=False))


def only_comment(folder: Path, **values: str) -> SourceComment:
    (comment,) = only_post(iter(read(folder, wxr_comment(**values)))).comments
    return comment


def test_a_thread_is_read_with_its_nesting(tmp_path: Path) -> None:
    post = only_post(iter(read(tmp_path, wxr_comment(1), wxr_comment(2, parent=1))))
    first, second = post.comments
    assert first == SourceComment(
        source_id="1",
        content="Comment 1",
        publication_date=datetime(2024, 6, 6, 10, tzinfo=UTC),
        name="Guest",
    )
    assert second.parent_id == "1"


@pytest.mark.parametrize(
    ("approved", "status"),
    [
        ("1", CommentStatus.APPROVED),
        ("0", CommentStatus.PENDING),
        ("spam", CommentStatus.SPAM),
        ("trash", CommentStatus.REMOVED),
        ("post-trashed", CommentStatus.REMOVED),
    ],
)
def test_statuses_are_converted(tmp_path: Path, approved: str, status: CommentStatus) -> None:
    comment = only_comment(tmp_path, wp_comment_approved=approved)
    assert (comment.status, comment.changes) == (status, ())


def test_a_comment_with_an_unknown_status_awaits_approval(tmp_path: Path) -> None:
    comment = only_comment(tmp_path, wp_comment_approved="delayed")
    assert comment.status is CommentStatus.PENDING
    assert comment.changes == ("it awaits approval: its status was 'delayed'",)


def test_a_comment_by_an_author_has_the_author(tmp_path: Path) -> None:
    assert only_comment(tmp_path, wp_comment_user_id="5").author_id == "ada"
    assert only_comment(tmp_path, wp_comment_user_id="6").author_id is None


@pytest.mark.parametrize("kind", ["pingback", "trackback", "order_note"])
def test_a_pingback_is_reported(tmp_path: Path, kind: str) -> None:
    items = read(tmp_path, wxr_comment(9, wp_comment_type=kind))
    assert only_post(iter(items)).comments == ()
    assert dropped(iter(items)) == [(kind, "9 on 7 'Title'")]


def test_a_comment_says_so_since_version_5_5(tmp_path: Path) -> None:
    assert only_comment(tmp_path, wp_comment_type="comment").source_id == "1"


def test_html_becomes_text_with_its_lines(tmp_path: Path) -> None:
    comment = only_comment(tmp_path, wp_comment_content="One\n\n<b>two</b> &amp; three")
    assert comment.content == "One\n\n**two** & three"
    assert comment.changes == ("its HTML became text",)


def test_plain_text_stays_unchanged(tmp_path: Path) -> None:
    words = "1 < 2 & 3 > 2\n  indented"
    assert only_comment(tmp_path, wp_comment_content=words).content == words


def test_a_comment_without_id_is_identified_by_its_position(tmp_path: Path) -> None:
    post = only_post(iter(read(tmp_path, wxr_comment(""), wxr_comment(""))))
    assert [comment.source_id for comment in post.comments] == [
        "7 'Title' comment 0",
        "7 'Title' comment 1",
    ]
