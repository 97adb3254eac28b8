"""The exports of Commento and Comentario."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.comments import CommentStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.comment_systems.commento import read_commento
from everpost.transfer.importers.model import SourceComment, SourceThread
from tests.unit.importers.comment_systems.commento_files import (
    COMMENT_V1,
    COMMENT_V3,
    COMMENTER_V1,
    PAGE_V3,
    write_v1,
    write_v3,
)
from tests.unit.importers.exports import of_each_real_file, of_kind
from tests.unit.importers.pipeline.threads import comments_of, notes_of

ZEROS = "0" * 64
NOBODY = "00000000-0000-0000-0000-000000000000"
Write = Callable[..., Path]


def only_comment(path: Path) -> SourceComment:
    [comment] = comments_of(read_commento(path)).values()
    return comment


def test_a_comment_of_commento_comes_with_its_thread(tmp_path: Path) -> None:
    thread, *_ = read_commento(write_v1(tmp_path / "a", COMMENT_V1))
    comment = SourceComment(
        source_id="c1",
        content="Some *text*",
        publication_date=datetime(2024, 1, 31, 9, 0, 0, 123_456, tzinfo=UTC),
        name="Ann",
    )
    assert thread == SourceThread(url="https://blog.example/2024/first/", title="", comments=(comment,))


def test_a_comment_of_comentario_comes_with_its_page(tmp_path: Path) -> None:
    thread, *_ = read_commento(write_v3(tmp_path / "a", COMMENT_V3))
    comment = SourceComment(
        source_id="c1",
        content="Some *text*",
        publication_date=datetime(2024, 1, 31, 9, 0, 0, 123_000, tzinfo=UTC),
        name="Ann",
    )
    assert thread == SourceThread(url="/2024/first/", title="First", comments=(comment,))


def test_the_first_format_of_comentario_names_the_page_differently(tmp_path: Path) -> None:
    comment = {**COMMENT_V1, "host": "blog.example", "path": "2024/first/"}
    del comment["domain"], comment["url"]
    [thread] = of_kind(SourceThread, read_commento(write_v1(tmp_path / "a", comment)))
    assert thread.url == "https://blog.example/2024/first/"


@pytest.mark.parametrize(
    ("domain", "path", "url"),
    [
        ("blog.example", "a/b", "https://blog.example/a/b"),
        ("", "a/b", "/a/b"),
        ("", "//blog.example/a", "/blog.example/a"),
        ("blog.example", "https://other.example/a", "https://other.example/a"),
        ("blog.example", "", "https://blog.example/"),
    ],
)
def test_the_address_of_a_page_is_made_of_domain_and_path(
    tmp_path: Path, domain: str, path: str, url: str
) -> None:
    comment = {**COMMENT_V1, "domain": domain, "url": path}
    [thread] = of_kind(SourceThread, read_commento(write_v1(tmp_path / "a", comment)))
    assert thread.url == url


@pytest.mark.parametrize(
    ("values", "status", "content"),
    [
        ({}, CommentStatus.APPROVED, "Some *text*"),
        ({"state": "unapproved"}, CommentStatus.PENDING, "Some *text*"),
        ({"state": "flagged"}, CommentStatus.SPAM, "Some *text*"),
        ({"state": "Approved"}, CommentStatus.PENDING, "Some *text*"),
        ({"state": ""}, CommentStatus.PENDING, "Some *text*"),
        ({"state": None}, CommentStatus.PENDING, "Some *text*"),
        ({"deleted": True}, CommentStatus.REMOVED, ""),
        ({"markdown": "[deleted]"}, CommentStatus.REMOVED, ""),
        ({"markdown": ""}, CommentStatus.APPROVED, "Some *text*"),
    ],
)
def test_states_of_commento_are_converted(
    tmp_path: Path, values: dict[str, object], status: CommentStatus, content: str
) -> None:
    comment = only_comment(write_v1(tmp_path / "a", {**COMMENT_V1, **values}))
    assert (comment.status, comment.content) == (status, content)
    assert (comment.name is None) is (status is CommentStatus.REMOVED)


@pytest.mark.parametrize(
    ("values", "status", "content"),
    [
        ({}, CommentStatus.APPROVED, "Some *text*"),
        ({"isPending": True}, CommentStatus.PENDING, "Some *text*"),
        ({"isPending": True, "isApproved": False}, CommentStatus.PENDING, "Some *text*"),
        ({"isApproved": False}, CommentStatus.REMOVED, "Some *text*"),
        ({"isApproved": "true"}, CommentStatus.REMOVED, "Some *text*"),
        ({"isDeleted": True}, CommentStatus.REMOVED, ""),
    ],
)
def test_states_of_comentario_are_converted(
    tmp_path: Path, values: dict[str, object], status: CommentStatus, content: str
) -> None:
    comment = only_comment(write_v3(tmp_path / "a", {**COMMENT_V3, **values}))
    assert (comment.status, comment.content) == (status, content)


def test_a_comment_with_an_unknown_state_awaits_approval(tmp_path: Path) -> None:
    comment = only_comment(write_v1(tmp_path / "a", {**COMMENT_V1, "state": "limbo"}))
    assert comment.changes == ("it awaits approval: its state was 'limbo'",)


@pytest.mark.parametrize(
    ("write", "values", "name", "is_changed"),
    [
        (write_v1, {"commenterHex": "anonymous"}, None, False),
        (write_v1, {"commenterHex": ZEROS}, None, False),
        (write_v1, {"commenterHex": ""}, None, False),
        (write_v1, {"commenterHex": "gone"}, None, True),
        (write_v3, {"userCreated": NOBODY, "authorName": "Guest"}, "Guest", False),
        (write_v3, {"userCreated": NOBODY}, None, False),
        (write_v3, {"userCreated": "gone", "authorName": "Guest"}, "Guest", True),
    ],
)
def test_a_name_is_that_of_the_commenter(
    tmp_path: Path, write: Write, values: dict[str, object], name: str | None, *, is_changed: bool
) -> None:
    example = COMMENT_V1 if write is write_v1 else COMMENT_V3
    comment = only_comment(write(tmp_path / "a", {**example, **values}))
    assert (comment.name, bool(comment.changes)) == (name, is_changed)


def test_replies_and_edits(tmp_path: Path) -> None:
    assert only_comment(write_v1(tmp_path / "a", {**COMMENT_V1, "parentHex": "c0"})).parent_id == "c0"
    assert only_comment(write_v1(tmp_path / "a", COMMENT_V1)).parent_id is None
    edited = only_comment(
        write_v3(tmp_path / "a", {**COMMENT_V3, "parentId": "c0", "editedTime": "2024-02-01T00:00:00Z"})
    )
    assert (edited.parent_id, edited.updated_at) == ("c0", datetime(2024, 2, 1, tzinfo=UTC))


def test_html_becomes_text_if_there_is_no_markdown(tmp_path: Path) -> None:
    comment = only_comment(write_v1(tmp_path / "a", {**COMMENT_V1, "markdown": ""}))
    assert comment.changes == ("its HTML became text",)


@pytest.mark.parametrize("date", ["", "soon", "0001-01-01T00:00:00Z", None, 7])
def test_a_comment_without_a_date_is_reported(tmp_path: Path, date: object) -> None:
    path = write_v1(tmp_path / "a", {**COMMENT_V1, "creationDate": date})
    [note] = [note for note in notes_of(read_commento(path)) if note[0] == "comment"]
    assert note[2].startswith("its date cannot be read")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ({"commentHex": ""}, "it has no id"),
        ({"commentHex": 5}, "it has no id"),
        ({"domain": "", "url": ""}, "its page is not in the file"),
    ],
)
def test_a_comment_without_a_page_is_reported(tmp_path: Path, path: dict[str, object], reason: str) -> None:
    notes = notes_of(read_commento(write_v1(tmp_path / "a", {**COMMENT_V1, **path})))
    assert reason in [note[2] for note in notes]
    notes = notes_of(read_commento(write_v3(tmp_path / "b", {**COMMENT_V3, "pageId": "gone"})))
    assert "its page is not in the file" in [note[2] for note in notes]


def test_an_export_is_read_compressed_as_downloaded(tmp_path: Path) -> None:
    plain = write_v1(tmp_path / "a.json", COMMENT_V1)
    packed = tmp_path / "a.json.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert comments_of(read_commento(packed)) == comments_of(read_commento(plain))
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(BrokenFile):
        list(read_commento(packed))


def test_a_path_that_is_too_long_is_reported(tmp_path: Path) -> None:
    path = write_v3(tmp_path / "a", COMMENT_V3, pages=[{**PAGE_V3, "path": "/" + "x" * 2_000}])
    reasons = [reason for _, _, reason in notes_of(read_commento(path))]
    assert reasons[:2] == ["its path is too long for a URL", "its page is not in the file"]


def test_a_closed_page_is_reported(tmp_path: Path) -> None:
    path = write_v3(tmp_path / "a", COMMENT_V3, pages=[{**PAGE_V3, "isReadonly": True}])
    assert ("closed page", "/2024/first/ 'First'") in [note[:2] for note in notes_of(read_commento(path))]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("<disqus/>", "Expecting value"),
        ("[]", "not an export of Commento"),
        ("{}", "not an export of Commento"),
        ('{"version": 1}', "not an export of Commento"),
        ('{"version": 1, "users": [], "posts": []}', "not an export of Commento"),
        ('{"version": "1", "comments": []}', "not an export of Commento"),
        ('{"version": true, "comments": []}', "version"),
        ('{"version": 2, "comments": []}', "the version of the export is 2"),
        ('{"version": 1, "comments": {"a": 1}}', "not an export of Commento"),
        ('{"version": 1, "comments": [', ""),
        ('{"version": 1, "comments": [{"a": ' + "[" * 1_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_not_an_export_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a").write_text(text)
    with pytest.raises(BrokenFile) as refusal:
        list(read_commento(tmp_path / "a"))
    assert reason in refusal.value.message


@pytest.mark.parametrize("version", [1, 3])
@pytest.mark.parametrize("rows", [[], None])
def test_an_export_may_be_empty(tmp_path: Path, version: int, rows: object) -> None:
    export = {"version": version, "pages": rows, "comments": rows, "commenters": rows}
    (tmp_path / "a").write_text(json.dumps(export))
    assert list(read_commento(tmp_path / "a")) == []


@pytest.mark.parametrize("row", [None, 7, "text", [], {}])
def test_a_null_row_is_not_a_comment(tmp_path: Path, row: object) -> None:
    path = write_v1(tmp_path / "a", row, COMMENT_V1, commenters=[row, COMMENTER_V1])
    assert list(comments_of(read_commento(path))) == ["c1"]


@of_each_real_file("commento/*.json")
def test_a_real_export_is_read(path: Path) -> None:
    comments = comments_of(read_commento(path))
    assert len(comments) == len(json.loads(path.read_bytes())["comments"])
