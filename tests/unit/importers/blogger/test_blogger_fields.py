"""No field of Blogger's exports is silently lost: each value in these files is imported or reported."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.model import Item, Note
from tests.unit.importers.blogger.blogger_files import (
    backup_comment,
    backup_entry,
    label,
    link,
    takeout_comment,
    takeout_entry,
    write_backup,
    write_takeout,
)
from tests.unit.importers.exports import of_kind

IMAGE = "<gd:image rel='http://schemas.google.com/g/2005#thumbnail' width='16' height='16' src='a.gif'/>"
BACKUP_POST = {
    label("MARKED"): "MARKED",
    link("alternate", "http://blog.example/2024/01/marked.html"): "marked",
    link("replies", "http://blog.example/feeds/1/comments"): "post: link replies",
    link("edit", "http://blog.example/feeds/1"): "post: link edit",
    link("self", "http://blog.example/feeds/1"): "post: link self",
    link("next", "http://blog.example/feeds/2"): "post: link next",
    link("related", "http://marked.example"): "http://marked.example",
    link("enclosure", "http://marked.example/a.mp3"): "http://marked.example/a.mp3",
    "<author><name>MARKED</name></author>": "MARKED",
    "<contributor><name>MARKED</name></contributor>": "MARKED",
    "<summary>MARKED</summary>": "MARKED",
    "<rights>MARKED</rights>": "MARKED",
    "<source><id>a</id></source>": "post: source",
    "<media:thumbnail url='http://blog.example/a.jpg' height='72' width='72'/>": "post: media:thumbnail",
    "<thr:total>1</thr:total>": "post: thr:total",
    "<georss:featurename>MARKED</georss:featurename>": "MARKED",
    "<georss:point>1.25 2.5</georss:point>": "1.25 2.5",
    "<georss:box>3.25 4.5 5.5 6.5</georss:box>": "3.25 4.5 5.5 6.5",
    "<gd:extendedProperty name='blogger.itemClass' value='pid-1'/>": "post: gd:extendedProperty",
    "<app:control xmlns:app='http://purl.org/atom/app#'><app:x>1</app:x></app:control>": "app:control/app:x",
    "<title>MARKED</title>": "post: second title",
    "<content>MARKED</content>": "post: second content",
    "<new xmlns='http://new.example'>1</new>": "post: other:new",
}
BACKUP_COMMENT = {
    link("related", "http://www.blogger.com/feeds/7/1/comments/default/77"): "post-77",
    link("edit", "http://www.blogger.com/feeds/7/1"): "comment: link edit",
    link("alternate", "http://blog.example/a.html?showComment=1#c2"): "comment: link alternate",
    "<gd:extendedProperty name='blogger.displayTime' value='noon'/>": "comment: gd:extendedProperty",
    label("MARKED"): "MARKED",
    "<thr:total>1</thr:total>": "comment: thr:total",
    "<georss:point>1.25 2.5</georss:point>": "1.25 2.5",
}
TAKEOUT_POST = {
    "blogger_metaDescription": "MARKED",
    "blogger_location": "MARKED",
    "blogger_filename": "/2024/01/MARKED.html",
    "blogger_status": "MARKED",
    "enclosure": "MARKED",
    "link": "MARKED",
    "title": "MARKED",
    "content": "MARKED",
    "author_name": "MARKED",
    "author_uri": "http://MARKED",
    "id": "MARKED",
}
TAKEOUT_COMMENT = {
    "blogger_status": "MARKED",
    "blogger_inReplyTo": "MARKED",
    "blogger_metaDescription": "MARKED",
    "blogger_location": "MARKED",
    "title": "MARKED",
    "content": "MARKED",
    "author_name": "MARKED",
    "id": "MARKED",
}


def all_text(items: Sequence[Item]) -> str:
    """All items as text."""
    return "\n".join(map(str, items))


@pytest.mark.parametrize("field", BACKUP_POST)
def test_a_post_field_of_a_backup_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    path = write_backup(tmp_path / "blog.xml", backup_entry(1, "post", field))
    assert BACKUP_POST[field] in all_text(list(read_blogger(path, pages=False)))


@pytest.mark.parametrize("field", BACKUP_COMMENT)
def test_a_comment_field_of_a_backup_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    path = write_backup(tmp_path / "blog.xml", backup_entry(1), backup_comment(2, 1, field))
    assert BACKUP_COMMENT[field] in all_text(list(read_blogger(path, pages=False)))


@pytest.mark.parametrize("field", TAKEOUT_POST)
def test_a_post_field_of_takeout_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    path = write_takeout(tmp_path / "feed.atom", takeout_entry(1, **{field: TAKEOUT_POST[field]}))
    assert "MARKED" in all_text(list(read_blogger(path, pages=False)))


@pytest.mark.parametrize("field", TAKEOUT_COMMENT)
def test_a_comment_field_of_takeout_is_imported_or_reported(tmp_path: Path, field: str) -> None:
    comment = takeout_comment(2, 1, **{field: TAKEOUT_COMMENT[field]})
    path = write_takeout(tmp_path / "feed.atom", takeout_entry(1), comment)
    assert "MARKED" in all_text(list(read_blogger(path, pages=False)))


def test_an_export_that_is_imported_completely_has_no_notes(tmp_path: Path) -> None:
    path = write_takeout(
        tmp_path / "feed.atom", takeout_entry(1, blogger_filename="/a.html"), takeout_comment(2, 1)
    )
    assert of_kind(Note, list(read_blogger(path, pages=False))) == []


def test_the_picture_of_an_author_is_reported(tmp_path: Path) -> None:
    entry = backup_entry(1).replace("</author>", f"{IMAGE}</author>")
    path = write_backup(tmp_path / "blog.xml", entry)
    notes = of_kind(Note, list(read_blogger(path, pages=False)))
    assert [note.name for note in notes] == ["post: author/gd:image"]
