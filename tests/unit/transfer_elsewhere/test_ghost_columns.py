"""The columns of Ghost's tables: each is imported, or named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from everpost.domain.posts import PostFormat, PostStatus
from everpost.transfer.elsewhere.ghost import read_ghost
from everpost.transfer.elsewhere.items import Item, Note
from tests.unit.transfer_elsewhere.exports import GHOST_POST as POST
from tests.unit.transfer_elsewhere.exports import dropped, ghost, ghost_post, of_kind, only_post

Read = Callable[..., Iterator[Item]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads an export."""

    def read(export: str) -> Iterator[Item]:
        path = tmp_path / "export.json"
        path.write_text(export, encoding="utf-8")
        return read_ghost(path, pages=False)

    return read


@pytest.mark.parametrize("status", ["published", "scheduled"])
def test_a_post_that_was_only_sent_is_a_draft(read: Read, status: str) -> None:
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
}
_ELSEWHERE = {"posts": {"plaintext", "lexical", "mobiledoc", "created_at", "updated_at", "published_at"}}
"""The same text again, and dates."""


def test_every_column_is_carried_or_named(read: Read) -> None:
    def value(table: str, column: str) -> object:
        known: dict[str, object] = {
            "id": POST if table == "posts" else f"{table}-id",
            "post_id": POST,
            "author_id": "users-id",
            "email": "ada@example.org",
            "email_only": 0,
            "type": "post",
            "status": "published",
            "visibility": "public",
            "created_at": "2024-06-04T00:00:00.000Z",
            "updated_at": "2024-07-05T00:00:00.000Z",
            "published_at": "2024-06-05T00:00:00.000Z",
        }
        return known.get(column, f"<{table} {column}>")

    rows = {table: {each: value(table, each) for each in COLUMNS[table].split()} for table in COLUMNS}
    links = [{"post_id": POST, "tag_id": "tags-id"}]
    others = {table: [row] for table, row in rows.items() if table != "posts"}
    items = list(read(ghost(rows["posts"], posts_tags=links, **others)))
    said = repr(items)
    tables = {note.name for note in of_kind(Note, items) if note.kind == "table"}
    for table, row in rows.items():
        for column in row.keys() - _ELSEWHERE.get(table, set()):
            is_said = str(row[column]) in said or column in said or table in tables
            assert is_said, f"{table}.{column} is neither carried nor named"
    assert only_post(iter(items)).tags == ("<tags name>",)
