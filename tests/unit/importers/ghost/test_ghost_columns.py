"""Each column of Ghost's tables is imported or reported."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.posts import PostFormat, PostStatus
from everpost.transfer.importers.ghost.reader import read_ghost
from everpost.transfer.importers.model import Item, Note, SourceAuthor
from tests.unit.importers.exports import GHOST_POST as POST
from tests.unit.importers.exports import dropped, ghost, ghost_comment, ghost_post, of_kind, only_post

Read = Callable[..., Iterator[Item]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """A function that reads an export."""

    def read(export: str) -> Iterator[Item]:
        path = tmp_path / "export.json"
        path.write_text(export, encoding="utf-8")
        return read_ghost(path, pages=False)

    return read


@pytest.mark.parametrize("status", ["published", "scheduled"])
def test_a_post_that_was_only_emailed_is_a_draft(read: Read, status: str) -> None:
    meta = [{"post_id": POST, "email_only": 1}, {"post_id": "another", "email_only": 1}]
    post = only_post(read(ghost(ghost_post(status=status), posts_meta=meta)))
    assert post.status is PostStatus.DRAFT
    assert post.changes == ("it is a draft: it was sent by email only",)


def test_a_post_of_ghost_0_is_read(read: Read) -> None:
    row: dict[str, object] = {
        "id": 7,
        "uuid": "u",
        "title": "Title",
        "slug": "a-slug",
        "markdown": "*words*",
        "html": None,
        "image": "/a.png",
        "featured": 0,
        "page": 0,
        "status": "published",
        "language": "en_US",
        "author_id": 1,
        "created_at": 1504269885000,
        "published_at": 1504269885000,
    }
    tables: dict[str, object] = {
        "tags": [{"id": 3, "name": "News"}],
        "posts_tags": [{"id": 1, "post_id": 7, "tag_id": 3}],
        "users": [{"id": 1, "name": "Ada", "email": "ada@example.org"}],
    }
    items = list(read(ghost(row, version="004", **tables)))
    post = only_post(iter(items))
    assert (post.source_id, post.content, post.format) == ("7", "*words*", PostFormat.MARKDOWN)
    assert (post.author_id, post.tags, post.status) == ("1", ("News",), PostStatus.PUBLISHED)
    assert dropped(iter(items)) == [("feature image", "7 'Title'"), ("columns of a table", "posts")]


COLUMNS: dict[str, str] = {
    "posts": "id uuid title slug mobiledoc lexical html comment_id plaintext feature_image featured type"
    " status locale visibility email_recipient_filter created_at created_by updated_at"
    " updated_by published_at published_by custom_excerpt codeinjection_head codeinjection_foot"
    " custom_template canonical_url newsletter_id show_title_and_feature_image author_id amp"
    " image meta_title meta_description og_title",
    "posts_meta": "id post_id og_image og_title og_description twitter_image twitter_title"
    " twitter_description meta_title meta_description email_subject frontmatter"
    " feature_image_alt feature_image_caption email_only",
    "users": "id name slug password email profile_image cover_image bio website location facebook"
    " twitter threads bluesky mastodon accessibility status locale visibility meta_title"
    " meta_description tour last_seen created_at updated_at",
    "tags": "id name slug description feature_image parent_id visibility og_image og_title"
    " og_description twitter_image twitter_title twitter_description meta_title meta_description"
    " codeinjection_head codeinjection_foot canonical_url accent_color created_at updated_at",
    "settings": "id key value",
    "newsletters": "id name",
    "products": "id name",
    "posts_products": "id post_id product_id",
    "post_revisions": "id post_id lexical",
    "custom_theme_settings": "id key value",
    "members": "id email name note",
    "comments": "id post_id member_id parent_id in_reply_to_id status html edited_at created_at updated_at"
    " uuid pinned_at",
    "comment_likes": "id comment_id member_id",
}
_CONVERTED = {
    "posts": {"plaintext", "lexical", "mobiledoc", "created_at", "updated_at", "published_at"},
    "comments": {"member_id", "parent_id", "created_at", "edited_at"},
}
"""Columns that repeat the text, dates, an id that refers to a name, and the first comment of a thread."""


def test_every_field_of_a_comment_is_imported_or_reported(read: Read) -> None:
    member = {"id": "m1", "uuid": "u", "name": "Ann", "email": "ann@example.org", "expertise": "Teacher"}
    comment = ghost_comment(member=member, likes=3, edited_at="2024-06-07T00:00:00.000Z", liked=False)
    items = list(read(ghost(ghost_post(), comments=[comment])))
    (imported,) = only_post(iter(items)).comments
    assert (imported.name, imported.updated_at) == ("Ann", datetime(2024, 6, 7, tzinfo=UTC))
    assert dropped(iter(items)) == [
        ("comment's field", f"'likes' of c1 on {POST} 'Title'"),
        ("comment's field", f"'member.expertise' of c1 on {POST} 'Title'"),
        ("email address", "export.json"),
    ]
    assert "ann@example.org" not in repr(items)


def test_a_comment_by_a_missing_member_is_reported(read: Read) -> None:
    comments = [ghost_comment("c1", member_id="m1"), ghost_comment("c2")]
    one, other = only_post(read(ghost(ghost_post(), comments=comments))).comments
    assert (one.name, one.changes) == (None, ("its author is not in the file, or has no name",))
    assert (other.name, other.changes) == (None, ())


def test_an_email_address_is_not_a_name(read: Read) -> None:
    (author,) = of_kind(SourceAuthor, read(ghost(ghost_post(), users=[{"id": "u", "email": "a@b.example"}])))
    assert author == SourceAuthor(source_id="u", name="", email="a@b.example")


def test_every_column_is_imported_or_reported(read: Read) -> None:
    def value(table: str, column: str) -> object:
        known: dict[str, object] = {
            "id": POST if table == "posts" else f"{table}-id",
            "post_id": POST,
            "author_id": "users-id",
            "member_id": "members-id",
            "email": "ada@example.org",
            "email_only": 0,
            "type": "post",
            "status": "published",
            "visibility": "public",
            "created_at": "2024-06-04T00:00:00.000Z",
            "updated_at": "2024-07-05T00:00:00.000Z",
            "published_at": "2024-06-05T00:00:00.000Z",
            "edited_at": "2024-06-06T00:00:00.000Z",
        }
        return known.get(column, f"<{table} {column}>")

    rows = {table: {each: value(table, each) for each in COLUMNS[table].split()} for table in COLUMNS}
    links = [{"post_id": POST, "tag_id": "tags-id"}]
    others = {table: [row] for table, row in rows.items() if table != "posts"}
    items = list(read(ghost(rows["posts"], posts_tags=links, **others)))
    report = repr(items)
    tables = {note.name for note in of_kind(Note, items) if note.kind == "table"}
    for table, row in rows.items():
        for column in row.keys() - _CONVERTED.get(table, set()):
            is_reported = str(row[column]) in report or column in report or table in tables
            assert is_reported, f"{table}.{column} is neither carried nor named"
    post = only_post(iter(items))
    assert post.tags == ("<tags name>",)
    assert [comment.name for comment in post.comments] == ["<members name>"]
