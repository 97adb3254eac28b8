"""Remark42's backup."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.comment_systems.remark42 import read_remark42
from everpost.transfer.importers.model import SourceComment, SourceThread
from tests.unit.importers.exports import real_files
from tests.unit.importers.pipeline.threads import comments_of, notes_of

META = {"version": 1, "users": [], "posts": [{"url": "https://blog.example/first/", "read_only": False}]}
COMMENT: dict[str, object] = {
    "id": "a-1",
    "pid": "",
    "text": "<p>Some <em>text</em></p>\n",
    "orig": "Some *text*",
    "user": {"name": "Ann &amp; Ben", "id": "github_1", "picture": "", "ip": "hash", "admin": False},
    "locator": {"site": "blog", "url": "https://blog.example/first/"},
    "score": 1,
    "votes": {"github_2": True, "github_3": False},
    "time": "2024-01-31T04:00:00.123456789-05:00",
    "title": "First",
}


def write_backup(path: Path, *comments: object, meta: object = META) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in (meta, *comments)))
    return path


def test_a_comment_comes_with_its_thread(tmp_path: Path) -> None:
    item, *_ = read_remark42(write_backup(tmp_path / "a.json", COMMENT))
    comment = SourceComment(
        source_id="a-1",
        content="Some *text*",
        publication_date=datetime(2024, 1, 31, 9, 0, 0, 123_456, tzinfo=UTC),
        name="Ann & Ben",
    )
    assert item == SourceThread(url="https://blog.example/first/", title="First", comments=(comment,))


def test_a_backup_may_be_compressed(tmp_path: Path) -> None:
    plain = write_backup(tmp_path / "a.json", COMMENT)
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert comments_of(read_remark42(packed)) == comments_of(read_remark42(plain))
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(BrokenFile, match="cannot be unpacked completely"):
        list(read_remark42(packed))


def test_a_deleted_comment_has_neither_content_nor_name(tmp_path: Path) -> None:
    comment = comments_of(read_remark42(write_backup(tmp_path / "a", {**COMMENT, "delete": True})))["a-1"]
    assert (comment.status.value, comment.content, comment.name) == ("removed", "", None)


def test_replies_and_edits(tmp_path: Path) -> None:
    edit = {"time": "2024-01-31T10:00:00Z", "summary": ""}
    path = write_backup(tmp_path / "a", {**COMMENT, "pid": "b", "edit": edit})
    comment = comments_of(read_remark42(path))["a-1"]
    assert (comment.parent_id, comment.updated_at) == ("b", datetime(2024, 1, 31, 10, tzinfo=UTC))


def test_html_becomes_text_if_there_is_no_markdown(tmp_path: Path) -> None:
    path = write_backup(tmp_path / "a", {**COMMENT, "orig": ""})
    comment = comments_of(read_remark42(path))["a-1"]
    assert (comment.content, comment.changes) == ("Some *text*", ("its HTML became text",))


def test_omissions_are_reported(tmp_path: Path) -> None:
    path = write_backup(
        tmp_path / "a",
        COMMENT,
        {**COMMENT, "id": 5},
        {**COMMENT, "locator": None},
        {**COMMENT, "time": "soon"},
    )
    assert list(notes_of(read_remark42(path))) == [
        ("comment", " by 'Ann & Ben'", "it has no id"),
        ("comment", "a-1 by 'Ann & Ben'", "it has no URL"),
        ("comment", "a-1 by 'Ann & Ben'", "its date is invalid: 'soon'"),
        ("IP address", "a", "1 of commenters: Everpost does not keep them"),
        ("vote", "a", "2 of commenters: Everpost does not keep them"),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"", "line 1"),
        (b"<disqus/>", "line 1"),
        (b"[]", "line 1"),
        (b'{"version": 2, "users": [], "posts": []}', "line 1"),
        (b'{"version": 1, "comments": [], "commenters": []}', "line 1"),
        (b'{"version": [], "users": []}', "line 1"),
        (b'{"version": 1, "users": []}\n{"id"', "line 2"),
        (b'{"version": 1, "users": []}\n7', "line 2"),
        (b'{"version": 1, "users": []}\n"\xff"', "line 2"),
        (b'{"version": 1, "users": []}\n' + b"[" * 100_000, "line 2"),
        (b'{"version": 1, "users": []}\n' + b" " * 5_000_000, "line 2"),
    ],
)
def test_a_file_that_is_not_a_backup_is_refused(tmp_path: Path, text: bytes, place: str) -> None:
    (tmp_path / "a").write_bytes(text)
    with pytest.raises(BrokenFile) as raised:
        list(read_remark42(tmp_path / "a"))
    assert raised.value.place == place


def test_an_export_of_commento_is_refused() -> None:
    for path in real_files("commento/*.json"):
        with pytest.raises(BrokenFile, match="not a backup of Remark42"):
            list(read_remark42(path))
