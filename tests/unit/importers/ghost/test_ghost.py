"""Ghost's JSON export."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.comments import CommentStatus
from everpost.domain.posts import PostFormat, PostStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.formats import json_files
from everpost.transfer.importers.ghost.reader import read_ghost
from everpost.transfer.importers.model import Item, SourceAuthor, SourceComment, SourcePost
from tests.unit.importers.exports import GHOST_POST as POST
from tests.unit.importers.exports import (
    dropped,
    ghost,
    ghost_comment,
    ghost_post,
    of_each_real_file,
    of_kind,
    only_post,
)

Read = Callable[..., Iterator[Item]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads an export."""

    def read(export: str, *, pages: bool = False, site: str = "") -> Iterator[Item]:
        path = tmp_path / "export.json"
        path.write_text(export, encoding="utf-8")
        return read_ghost(path, pages=pages, site=site)

    return read


@pytest.mark.parametrize(
    "version", ["003", "0.11.14", "1.26.2", "2.38.3", "3.42.9", "4.48.9", "5.80.0", "6.0.1"]
)
def test_a_post_of_every_version_is_read(read: Read, version: str) -> None:
    assert only_post(read(ghost(ghost_post(), version=version))) == SourcePost(
        source_id=POST,
        title="Title",
        content="<p>Content</p>",
        format=PostFormat.HTML,
        publication_date=datetime(2024, 6, 5, 16, 4, 48, tzinfo=UTC),
        slug="a-slug",
        paths=("/a-slug",),
    )


def test_the_flat_form_is_read(read: Read) -> None:
    whole = json.loads(ghost(ghost_post()))["db"][0]
    assert only_post(read(json.dumps(whole))).title == "Title"


def test_a_byte_order_mark_is_skipped(read: Read) -> None:
    assert only_post(read("\ufeff" + ghost(ghost_post()))).title == "Title"


@pytest.mark.parametrize(
    ("values", "expected", "is_changed"),
    [
        ({"status": "published"}, PostStatus.PUBLISHED, False),
        ({"status": "scheduled"}, PostStatus.PUBLISHED, False),
        ({"status": "draft", "published_at": None}, PostStatus.DRAFT, False),
        ({"status": "sent"}, PostStatus.DRAFT, True),
        ({"visibility": "members"}, PostStatus.DRAFT, True),
        ({"visibility": "paid", "status": "draft"}, PostStatus.DRAFT, False),
        ({"visibility": "tiers"}, PostStatus.DRAFT, True),
        ({"visibility": "status:-free"}, PostStatus.DRAFT, True),
        ({"status": "scheduled", "visibility": "paid"}, PostStatus.DRAFT, True),
        ({"visibility": ["members"]}, PostStatus.DRAFT, True),
        ({"visibility": ["public"]}, PostStatus.DRAFT, True),
        ({"visibility": None}, PostStatus.DRAFT, True),
        ({"visibility": ""}, PostStatus.DRAFT, True),
        ({"visibility": 0}, PostStatus.DRAFT, True),
        ({"visibility": "Public"}, PostStatus.DRAFT, True),
        ({"status": "scheduled", "published_at": None}, PostStatus.DRAFT, True),
        ({"status": "scheduled", "published_at": "soon"}, PostStatus.DRAFT, True),
        ({"status": "scheduled", "published_at": "2024-13-41 00:00:00"}, PostStatus.DRAFT, True),
        ({"email_only": "yes"}, PostStatus.DRAFT, True),
        ({"email_only": True}, PostStatus.DRAFT, True),
        ({"email_only": 1, "status": "scheduled"}, PostStatus.DRAFT, True),
        ({"email_only": 0}, PostStatus.PUBLISHED, False),
        ({"status": "trash"}, PostStatus.DRAFT, True),
        ({"status": ["published"]}, PostStatus.DRAFT, True),
        ({"status": None}, PostStatus.DRAFT, True),
    ],
)
def test_a_status_is_mapped_to_one_of_everpost(
    read: Read, values: dict[str, object], expected: PostStatus, *, is_changed: bool
) -> None:
    post = only_post(read(ghost(ghost_post(**values))))
    assert (post.status, bool(post.changes)) == (expected, is_changed)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2017-09-01T12:44:45.000Z", datetime(2017, 9, 1, 12, 44, 45, tzinfo=UTC)),
        ("2017-09-01 12:44:45", datetime(2017, 9, 1, 12, 44, 45, tzinfo=UTC)),
        (1504269885000, datetime(2017, 9, 1, 12, 44, 45, tzinfo=UTC)),
        (None, datetime(2024, 6, 4, tzinfo=UTC)),
        ("never", datetime(2024, 6, 4, tzinfo=UTC)),
        (10**17, datetime(2024, 6, 4, tzinfo=UTC)),
    ],
)
def test_dates_of_every_version_are_read(read: Read, date: object, expected: datetime) -> None:
    assert only_post(read(ghost(ghost_post(published_at=date)))).publication_date == expected


def test_a_post_without_a_date_is_dated_1970(read: Read) -> None:
    post = only_post(read(ghost(ghost_post(published_at=None, created_at=None))))
    assert (post.publication_date.year, post.changes) == (1970, ("it had no date, and is dated 1970",))
    assert post.status is PostStatus.PUBLISHED


def test_a_post_with_only_an_impossible_date_is_a_draft(read: Read) -> None:
    post = only_post(read(ghost(ghost_post(published_at="2024-13-41", created_at=None))))
    assert post.status is PostStatus.DRAFT
    assert post.changes[-1] == "it is a draft: its date '2024-13-41' could not be read"


@pytest.mark.parametrize(
    "values", [{"type": "page"}, {"type": None, "page": 1}, {"type": None, "page": True}]
)
def test_pages_are_read_only_on_request(read: Read, values: dict[str, object]) -> None:
    export = ghost(ghost_post(**values))
    assert dropped(read(export)) == [("page", f"{POST} 'Title'")]
    assert only_post(read(export, pages=True)).title == "Title"


def test_authors_and_tags_are_joined_to_posts(read: Read) -> None:
    tables: dict[str, object] = {
        "users": [{"id": "u1", "name": "Ada", "email": "ada@example.org"}, {"id": "u2", "name": "Bob"}],
        "tags": [{"id": "t1", "name": "News"}, {"id": "t2", "name": "#hidden"}, {"id": "t3", "name": "Old"}],
        "posts_tags": [
            {"post_id": POST, "tag_id": tag, "sort_order": order}
            for tag, order in (("t3", 2), ("t2", 1), ("t1", 0))
        ],
        "posts_authors": [
            {"post_id": POST, "author_id": author, "sort_order": order}
            for author, order in (("u1", 1), ("u2", 0))
        ],
    }
    items = list(read(ghost(ghost_post(), **tables)))
    assert of_kind(SourceAuthor, items) == [
        SourceAuthor(source_id="u1", name="Ada", email="ada@example.org"),
        SourceAuthor(source_id="u2", name="Bob"),
    ]
    post = only_post(iter(items))
    assert (post.author_id, post.tags) == ("u2", ("News", "Old"))
    assert dropped(iter(items)) == [
        ("internal tag", f"'#hidden' of {POST} 'Title'"),
        ("co-author", f"u1 of {POST} 'Title'"),
    ]


def test_version_1_has_the_author_in_the_row(read: Read) -> None:
    assert only_post(read(ghost(ghost_post(author_id="1")))).author_id == "1"


def test_unsupported_content_is_reported(read: Read) -> None:
    post = ghost_post(feature_image="/a.png", canonical_url="https://a.example")
    newsletters = [{"id": "n1"}, {"id": "n2"}]
    assert dropped(read(ghost(post, newsletters=newsletters, migrations=[{"id": 1}]))) == [
        ("feature image", f"{POST} 'Title'"),
        ("canonical address", f"{POST} 'Title'"),
        ("table", "newsletters"),
    ]


def test_comments_are_read_if_the_file_has_any(read: Read) -> None:
    comments = [
        ghost_comment("c1", member_id="m1"),
        ghost_comment("c2", parent_id="c1", member={"name": "Bob"}, edited_at="2024-06-07T00:00:00.000Z"),
        ghost_comment("c3", parent_id="c1", in_reply_to_id="c2", status="hidden"),
        ghost_comment("c4", status="deleted"),
        ghost_comment("c5", status="new"),
        ghost_comment("c6", post_id="gone"),
    ]
    items = list(read(ghost(ghost_post(), comments=comments, members=[{"id": "m1", "name": "Ada"}])))
    first, second, third, fourth, fifth = only_post(iter(items)).comments
    date = datetime(2024, 6, 6, 10, tzinfo=UTC)
    assert first == SourceComment(source_id="c1", content="Comment c1", publication_date=date, name="Ada")
    assert (second.parent_id, second.name) == ("c1", "Bob")
    assert second.updated_at == datetime(2024, 6, 7, tzinfo=UTC)
    assert (third.parent_id, third.status) == ("c2", CommentStatus.REMOVED)
    assert (fourth.content, fourth.status) == ("", CommentStatus.REMOVED)
    assert fifth.status is CommentStatus.PENDING
    assert dropped(iter(items)) == [("comment", "c6 on gone"), ("table", "members")]


def test_links_within_the_site_get_its_url(read: Read) -> None:
    export = ghost(ghost_post(html='<img src="__GHOST_URL__/a.png">'))
    with_site = only_post(read(export, site="https://blog.example/"))
    assert (with_site.content, with_site.changes) == ('<img src="https://blog.example/a.png">', ())
    without = only_post(read(export))
    assert without.content == '<img src="/a.png">'
    assert len(without.changes) == 1


@pytest.mark.parametrize("version", ["7.0.0", "0", "012", "10.0", "x"])
def test_another_version_is_refused(read: Read, version: str) -> None:
    with pytest.raises(BrokenFile, match="the version of the export is"):
        list(read(ghost(ghost_post(), version=version)))


@pytest.mark.parametrize("export", ["{}", "[]", "1", '{"db": []}', '{"data": {"posts": [1]}}'])
def test_other_json_is_refused(read: Read, export: str) -> None:
    with pytest.raises(BrokenFile, match="it is not an export of Ghost"):
        list(read(export))


@pytest.mark.parametrize(
    "export", ["", "{", "<a/>", '{"db": [\n{]', ghost(ghost_post())[:-10], "{} {}", '"\udc80"']
)
def test_a_broken_file_is_refused_with_the_position_of_the_error(tmp_path: Path, export: str) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(export.encode(errors="surrogateescape"))
    with pytest.raises(BrokenFile) as refusal:
        list(read_ghost(path, pages=False))
    assert refusal.value.place.startswith(("line ", "before byte "))


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="No such file"):
        list(read_ghost(tmp_path / "none.json", pages=False))


@pytest.mark.parametrize("open", ["[", '{"a":', '{"data": {"posts": [{"id": ['])
def test_endless_nesting_is_refused(read: Read, open: str) -> None:
    with pytest.raises(BrokenFile):
        list(read(open * 200_000))


def test_too_large_a_row_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "MOST_VALUES", 1000)
    with pytest.raises(BrokenFile, match="a row has too many values"):
        list(read(ghost(ghost_post(tags=["tag"] * 1000))))


@of_each_real_file("ghost/*.json")
def test_real_exports_are_read(path: Path) -> None:
    posts = of_kind(SourcePost, read_ghost(path, pages=False))
    assert len(posts) == {"ghost.json": 3, "ghost-flat.json": 1}.get(path.name, len(posts))
