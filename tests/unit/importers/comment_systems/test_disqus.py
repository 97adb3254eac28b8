"""Disqus's export."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.comments import CommentStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.comment_systems.disqus import read_disqus
from everpost.transfer.importers.model import SourceComment, SourceThread
from tests.unit.importers.exports import real_files
from tests.unit.importers.pipeline.threads import comments_of, disqus_post, notes_of, write_disqus


def test_a_comment_comes_with_its_thread(tmp_path: Path) -> None:
    item, *_ = read_disqus(write_disqus(tmp_path / "a.xml", disqus_post("100")))
    comment = SourceComment(
        source_id="100",
        content="Text",
        publication_date=datetime(2024, 1, 31, 9, 0, 3, tzinfo=UTC),
        name="Ann",
    )
    url = "https://blog.example/2024/01/first/"
    assert item == SourceThread(url=url, title="First & last", comments=(comment,))


def test_replies_have_their_parents(tmp_path: Path) -> None:
    reply = disqus_post("101", inside='<parent dsq:id="100"/>')
    assert comments_of(read_disqus(write_disqus(tmp_path / "a.xml", reply)))["101"].parent_id == "100"


@pytest.mark.parametrize(
    ("inside", "status"),
    [
        ("<isDeleted>false</isDeleted><isSpam>false</isSpam><isApproved>true</isApproved>", "approved"),
        ("<isDeleted>false</isDeleted><isSpam>true</isSpam>", "spam"),
        ("<isApproved>false</isApproved>", "pending"),
        ("<isDeleted>true</isDeleted><isSpam>true</isSpam>", "removed"),
    ],
)
def test_a_comment_keeps_its_status(tmp_path: Path, inside: str, status: str) -> None:
    path = write_disqus(tmp_path / "a.xml", disqus_post("100", inside=inside, message="<b>Text</b>"))
    comment = comments_of(read_disqus(path))["100"]
    assert comment.status is CommentStatus(status)
    is_there = status != "removed"
    assert (bool(comment.content), bool(comment.name), bool(comment.changes)) == (is_there,) * 3


def test_html_becomes_text_and_lost_markup_is_reported(tmp_path: Path) -> None:
    path = write_disqus(
        tmp_path / "a.xml",
        disqus_post("1", message="<p>a</p><p>b<br>c &amp; d</p>"),
        disqus_post("2", message='<a href="https://a.example/">a</a>'),
    )
    comments = comments_of(read_disqus(path))
    assert (comments["1"].content, comments["1"].changes) == ("a\n\nb\nc & d", ())
    assert comments["2"].content == "[a](https://a.example/)"
    assert comments["2"].changes == ("its HTML became text",)


def test_comments_that_cannot_be_imported_are_reported(tmp_path: Path) -> None:
    path = write_disqus(
        tmp_path / "a.xml",
        disqus_post("1", thread="99"),
        disqus_post("2", thread="11"),
        disqus_post("3", thread="12"),
        disqus_post("4").replace("2024-01-31", "2024-13-31"),
        disqus_post("5").replace(' dsq:id="5"', "").replace("wp_id=5", ""),
        disqus_post("6", thread="13"),
    )
    items = list(read_disqus(path))
    assert set(comments_of(items)) == {"6"}
    assert list(notes_of(items)) == [
        ("comment", "1 by 'Ann'", "its thread is not in the file"),
        ("comment", "2 by 'Ann'", "its thread has no URL"),
        ("comment", "3 by 'Ann'", "its thread was deleted: https://blog.example/gone/"),
        ("comment", "4 by 'Ann'", "its date is invalid: '2024-13-31T09:00:01Z'"),
        ("comment", " by 'Ann'", "it has no id"),
        ("IP address", "a.xml", "1 of commenters: Everpost does not keep them"),
        ("email address", "a.xml", "1 of commenters: Everpost does not keep them"),
    ]


def test_a_comment_without_a_number_has_its_other_id(tmp_path: Path) -> None:
    path = write_disqus(tmp_path / "a.xml", disqus_post("5").replace(' dsq:id="5"', ""))
    assert set(comments_of(read_disqus(path))) == {"wp_id=5"}


@pytest.mark.parametrize(
    "text",
    ["", "<rss><channel/></rss>", "<disqus/>", "{}", '<!DOCTYPE a [<!ENTITY b "c">]><disqus>&b;</disqus>'],
)
def test_a_file_that_is_not_of_disqus_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(BrokenFile, match=r"a\.xml"):
        list(read_disqus(tmp_path / "a.xml"))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = write_disqus(tmp_path / "a.xml", disqus_post("1"))
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(BrokenFile, match="line"):
        list(read_disqus(path))


def test_real_exports_are_read_or_refused() -> None:
    for path in real_files("disqus/isso.xml"):
        assert set(comments_of(read_disqus(path))) == {"4", "5", "8", "9", "11"}
    for path in real_files("disqus/remark42.xml"):
        with pytest.raises(BrokenFile, match=r"remark42\.xml, line \d+: "):
            list(read_disqus(path))
