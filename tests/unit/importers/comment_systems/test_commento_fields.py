"""No field of Commento's and Comentario's exports is silently lost: each value in these files is imported or
reported.
"""

from pathlib import Path

import pytest

from everpost.transfer.importers.comment_systems.commento import read_commento
from everpost.transfer.importers.model import Item
from tests.unit.importers.comment_systems.commento_files import (
    ANN,
    COMMENT_V1,
    COMMENT_V3,
    COMMENTER_V1,
    COMMENTER_V3,
    PAGE_V3,
    write_v1,
    write_v3,
)
from tests.unit.importers.pipeline.threads import notes_of

NOBODY = "00000000-0000-0000-0000-000000000000"


def all_text(path: Path) -> str:
    items: list[Item] = list(read_commento(path))
    return "\n".join(map(str, items))


def test_personal_data_is_counted(tmp_path: Path) -> None:
    notes = {
        name: reason for _, name, reason in notes_of(read_commento(write_v1(tmp_path / "a", COMMENT_V1)))
    }
    kinds = [kind for kind, _, _ in notes_of(read_commento(tmp_path / "a"))]
    assert kinds == ["email address", "picture", "vote", "website", *["field"] * 4]
    assert set(notes) == {
        "a",
        "comment: direction",
        "commenter: isModerator",
        "commenter: joinDate",
        "commenter: provider",
    }


MARK = "MARKED"
V3_ONLY: dict[str, object] = {
    "isSticky": True,
    "moderatedTime": MARK,
    "deletedTime": MARK,
    "editedTime": "2031-01-01T00:00:00Z",
    "userModerated": MARK,
    "userDeleted": MARK,
    "userEdited": MARK,
    "pendingReason": MARK,
    "authorName": MARK,
    "authorIP": "192.0.2.1",
    "authorCountry": "NL",
    "direction": 1,
    "url": MARK,
}
FOUND = {
    "editedTime": "2031",
    "authorIP": "IP address",
    "score": "'vote'",
    "html": "",
    "email": "email address",
}
"""The texts to find for fields that are neither imported unchanged nor reported by name; HTML is generated
from the Markdown.
"""
FOUND |= {"link": "website", "websiteUrl": "website", "photo": "picture", "hasAvatar": "picture"}
FOUND |= {
    "parentId": "parent_id=None",
    "isApproved": "approved",
    "isPending": "",
    "isDeleted": "",
    "deleted": "",
}
FOUND |= {"pageId": "/2024/first/", "userCreated": "Ann", "commenterHex": "Ann", "state": "approved"}
FOUND |= {"createdTime": "2024, 1, 31", "creationDate": "2024, 1, 31", "parentHex": "parent_id=None"}
FOUND |= {"isReadonly": "closed page", "domain": "blog.example", "id": "c1"}


@pytest.mark.parametrize("field", COMMENT_V1)
def test_a_comment_field_of_commento_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    text = all_text(write_v1(tmp_path / "a", COMMENT_V1))
    value = COMMENT_V1[field]
    assert FOUND.get(field, str(value)) in text or f"comment: {field}" in text


@pytest.mark.parametrize("field", [*COMMENT_V3, *V3_ONLY])
def test_a_comment_field_of_comentario_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    comment = {**COMMENT_V3, **V3_ONLY, "userCreated": NOBODY if field == "authorName" else ANN}
    text = all_text(write_v3(tmp_path / "a", comment))
    assert f"comment: {field}" in text or FOUND.get(field, str(comment[field])) in text


@pytest.mark.parametrize("field", COMMENTER_V1)
def test_a_commenter_field_of_commento_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    text = all_text(write_v1(tmp_path / "a", COMMENT_V1))
    assert f"commenter: {field}" in text or FOUND.get(field, str(COMMENTER_V1[field])) in text


@pytest.mark.parametrize("field", COMMENTER_V3)
def test_a_commenter_field_of_comentario_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    text = all_text(write_v3(tmp_path / "a", COMMENT_V3))
    assert f"commenter: {field}" in text or FOUND.get(field, str(COMMENTER_V3[field])) in text


@pytest.mark.parametrize("field", PAGE_V3)
def test_a_page_field_of_comentario_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    text = all_text(write_v3(tmp_path / "a", COMMENT_V3, pages=[{**PAGE_V3, "isReadonly": True}]))
    assert f"page: {field}" in text or FOUND.get(field, str(PAGE_V3[field])) in text


def test_an_unknown_part_of_an_export_is_reported(tmp_path: Path) -> None:
    text = all_text(write_v3(tmp_path / "a", COMMENT_V3, attributes={"a": 1}))
    assert "export: attributes" in text
