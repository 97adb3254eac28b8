"""Posts in WordPress's export."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.comments import CommentPolicy
from everpost.domain.posts import PostFormat, PostStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.model import Item, Note, SourceAuthor, SourcePost
from everpost.transfer.importers.wordpress.reader import read_wordpress, wordpress_site
from tests.unit.importers.exports import (
    dropped,
    of_each_real_file,
    of_kind,
    only_post,
    wxr,
    wxr_author,
    wxr_comment,
    wxr_item,
    wxr_term,
)

Read = Callable[..., Iterator[Item]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads an export with these parts."""

    def read(*parts: str, version: str = "1.2", pages: bool = False) -> Iterator[Item]:
        path = tmp_path / "export.xml"
        path.write_text(wxr(*parts, version=version), encoding="utf-8")
        return read_wordpress(path, pages=pages)

    return read


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_a_post_of_every_version_is_read(read: Read, version: str) -> None:
    item = wxr_item(7, wp_post_name="a-post", wp_comment_status="open")
    post = only_post(read(wxr_author(), item, version=version))
    assert post == SourcePost(
        source_id="7",
        title="Title",
        content="<p>Content</p>",
        format=PostFormat.HTML,
        publication_date=datetime(2024, 6, 5, 16, 4, 48, tzinfo=UTC),
        slug="a-post",
        author_id="ada",
        paths=("/?p=7",),
    )


@pytest.mark.parametrize("prefix", ["dc", "wp", "content", "excerpt"])
def test_an_undeclared_prefix_is_read(tmp_path: Path, prefix: str) -> None:
    path = tmp_path / "export.xml"
    export = wxr(wxr_author(), "<atom:link rel='hub' href='x'/>", wxr_item(7, excerpt_encoded="Short"))
    path.write_text(re.sub(rf'\s+xmlns:{prefix}="[^"]+"', "", export), encoding="utf-8")
    items = list(read_wordpress(path, pages=False))
    post = only_post(iter(items))
    found = (post.source_id, post.author_id, post.content, post.summary)
    assert found == ("7", "ada", "<p>Content</p>", "Short")


def test_posts_with_the_same_title_are_all_read(read: Read) -> None:
    posts = of_kind(SourcePost, read(*(wxr_item(number) for number in range(3))))
    assert [post.source_id for post in posts] == ["0", "1", "2"]


def test_html_is_kept_unchanged(read: Read) -> None:
    body = "<!-- wp:paragraph -->\n<p>One &amp; two</p>\n\n[gallery ids='1']"
    assert only_post(read(wxr_item(content_encoded=body))).content == body


@pytest.mark.parametrize(
    ("status", "expected", "is_changed"),
    [
        ("publish", PostStatus.PUBLISHED, False),
        ("future", PostStatus.PUBLISHED, False),
        ("draft", PostStatus.DRAFT, False),
        ("pending", PostStatus.DRAFT, True),
        ("private", PostStatus.DRAFT, True),
        ("inherit", PostStatus.DRAFT, True),
        ("of a plugin", PostStatus.DRAFT, True),
        ("", PostStatus.DRAFT, True),
        ("Publish", PostStatus.DRAFT, True),
    ],
)
def test_statuses_are_converted(read: Read, status: str, expected: PostStatus, *, is_changed: bool) -> None:
    post = only_post(read(wxr_item(wp_status=status)))
    assert (post.status, bool(post.changes)) == (expected, is_changed)


def test_a_password_protected_post_becomes_a_draft(read: Read) -> None:
    post = only_post(read(wxr_item(wp_post_password="enter")))
    assert post.status is PostStatus.DRAFT
    assert post.changes == ("it is a draft: a password protected it",)


@pytest.mark.parametrize("status", ["trash", "auto-draft"])
def test_discarded_posts_are_dropped(read: Read, status: str) -> None:
    assert dropped(read(wxr_item(7, wp_status=status))) == [("post", "7 'Title'")]


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("page", "page"),
        ("attachment", "attachment"),
        ("nav_menu_item", "menu item"),
        ("revision", "revision"),
    ],
)
def test_items_that_are_not_posts_are_reported(read: Read, type: str, kind: str) -> None:
    items = list(read(wxr_item(7, wp_post_type=type)))
    assert of_kind(SourcePost, items) == []
    assert dropped(iter(items)) == [(kind, "7 'Title'")]


def test_comments_on_dropped_items_are_counted(read: Read) -> None:
    note, *_ = of_kind(Note, read(wxr_item(7, wxr_comment(), wxr_comment(2), wp_post_type="page")))
    assert note.reason == "left out, because of --no-pages; comments on it: 2"


def test_pages_are_read_on_request(read: Read) -> None:
    assert only_post(read(wxr_item(wp_post_type="page"), pages=True)).title == "Title"


def test_a_draft_without_a_utc_date_has_its_local_date(read: Read) -> None:
    zeros = "0000-00-00 00:00:00"
    item = wxr_item(wp_status="draft", wp_post_date_gmt=zeros, pubDate="Wed, 30 Nov -0001 00:00:00 +0000")
    post = only_post(read(item))
    assert post.publication_date == datetime(2024, 6, 5, 18, 4, 48, tzinfo=UTC)
    assert post.changes == ("its date was read as UTC, because WordPress gave no time zone",)


def test_the_rss_date_replaces_a_missing_utc_date(read: Read) -> None:
    item = wxr_item(wp_post_date_gmt="0000-00-00 00:00:00", pubDate="Wed, 05 Jun 2024 16:04:48 +0000")
    post = only_post(read(item))
    assert (post.publication_date, post.changes) == (datetime(2024, 6, 5, 16, 4, 48, tzinfo=UTC), ())


def test_a_post_without_any_date_is_dated_1970(read: Read) -> None:
    item = wxr_item(wp_post_date_gmt="", wp_post_date="")
    post = only_post(read(item))
    assert (post.publication_date.year, post.status) == (1970, PostStatus.PUBLISHED)


@pytest.mark.parametrize(
    "dates",
    [
        {"wp_post_date": "2024-13-41", "wp_post_date_gmt": ""},
        {"wp_post_date": "2024-13-41 00:00:00", "wp_post_date_gmt": "0000-00-00 00:00:00"},
        {"wp_post_date": "", "wp_post_date_gmt": "soon"},
        {"wp_post_date": "", "wp_post_date_gmt": "", "pubDate": "Wed, 41 Jun 2024 16:04:48 +0000"},
    ],
)
def test_a_post_with_only_an_impossible_date_is_a_draft(read: Read, dates: dict[str, str]) -> None:
    post = only_post(read(wxr_item(**dates)))
    assert (post.publication_date.year, post.status) == (1970, PostStatus.DRAFT)
    assert "could not be read" in post.changes[-1]


def test_a_post_that_was_scheduled_without_a_date_is_a_draft(read: Read) -> None:
    post = only_post(read(wxr_item(wp_status="future", wp_post_date="", wp_post_date_gmt="")))
    assert post.status is PostStatus.DRAFT
    assert post.changes[-1] == "it is a draft: it was scheduled, but had no date"


def test_a_published_post_with_zeros_for_a_date_stays_published(read: Read) -> None:
    zeros = "0000-00-00 00:00:00"
    rss = "Wed, 30 Nov -0001 00:00:00 +0000"
    post = only_post(read(wxr_item(wp_post_date=zeros, wp_post_date_gmt=zeros, pubDate=rss)))
    assert (post.publication_date.year, post.status) == (1970, PostStatus.PUBLISHED)


def test_the_update_of_a_post_is_its_last_change(read: Read) -> None:
    item = wxr_item(wp_post_modified_gmt="2024-07-01 00:00:00")
    assert only_post(read(item)).updated_at == datetime(2024, 7, 1, tzinfo=UTC)


def test_categories_and_tags_become_tags_without_duplicates(read: Read) -> None:
    terms = [
        wxr_term("News", None),
        wxr_term("News"),
        wxr_term("Q &amp; A", "post_tag"),
        wxr_term("Old", "tag"),
        wxr_term("Aside", "post_format"),
    ]
    items = list(read(wxr_item(7, *terms)))
    assert only_post(iter(items)).tags == ("News", "Q & A", "Old")
    assert dropped(iter(items)) == [("term", "'Aside' of 7 'Title'")]


def test_a_slug_of_another_script_is_read(read: Read) -> None:
    item = wxr_item(wp_post_name="%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82")
    assert only_post(read(item)).slug == "привет"


def test_entities_in_a_title_are_decoded(read: Read) -> None:
    assert only_post(read(wxr_item(title="Don&#8217;t &amp; do"))).title == "Don\u2019t & do"


def test_an_author_has_the_email_address_in_the_file(read: Read) -> None:
    items = list(read(wxr_author("Ada"), wxr_item(dc_creator="ada"), wxr_item(2, dc_creator="bob")))
    assert of_kind(SourceAuthor, items) == [
        SourceAuthor(source_id="ada", name="Ada", email="ada@example.org"),
        SourceAuthor(source_id="bob", name="bob"),
    ]
    assert [post.author_id for post in of_kind(SourcePost, items)] == ["ada", "bob"]


def test_closed_comments_stay_closed(read: Read) -> None:
    item = wxr_item(wp_comment_status="closed")
    assert only_post(read(item)).comment_policy is CommentPolicy.CLOSED


def test_unsupported_parts_of_a_post_are_reported(read: Read) -> None:
    fields = [
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>1</wp:meta_value></wp:postmeta>"
        for key in ("_edit_last", "_thumbnail_id", "mood")
    ]
    item = wxr_item(7, *fields, wp_is_sticky="1")
    assert dropped(read(item)) == [
        ("sticky mark", "7 'Title'"),
        ("featured image", "7 'Title'"),
        ("custom field", "'mood' of 7 'Title'"),
    ]


def test_a_post_without_id_is_identified_by_its_url(read: Read) -> None:
    post = only_post(read(wxr_item("", guid="https://blog.example/?p=7")))
    assert post.source_id == "https://blog.example/?p=7"


def test_a_post_without_id_and_url_is_dropped(read: Read) -> None:
    assert dropped(read(wxr_item(""))) == [("post", " 'Title'")]


def test_the_site_is_the_url_of_the_blog(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_text(wxr(wxr_item()))
    assert wordpress_site(path) == "https://blog.example"


@pytest.mark.parametrize("version", ["2.0", "abc", ""])
def test_an_unknown_version_is_refused(read: Read, version: str) -> None:
    with pytest.raises(BrokenFile, match="the version of the export is"):
        list(read(wxr_item(), version=version))


def test_other_rss_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text("<rss><channel><title>A</title>\n<item><title>B</title></item></channel></rss>")
    with pytest.raises(BrokenFile, match="line 2: it does not say which version"):
        list(read_wordpress(path, pages=False))
    path.write_text("<feed/>")
    with pytest.raises(BrokenFile, match="not an export of WordPress"):
        list(read_wordpress(path, pages=False))


def test_control_characters_are_removed_and_reported(read: Read) -> None:
    items = list(read(wxr_item(content_encoded="a\x08b")))
    assert only_post(iter(items)).content == "<p>ab</p>"
    assert dropped(iter(items)) == [("character", "export.xml")]


@of_each_real_file("wordpress/*.xml")
def test_real_exports_are_read_or_refused(path: Path) -> None:
    expected: dict[str, Sequence[int]] = {
        "theme-unit-test.xml": (51, 23),
        "wxr-comprehensive.xml": (1, 1),
        "crazy-cdata.xml": (1, 0),
    }
    if path.name in {"malformed.xml", "missing-version-tag.xml"}:
        with pytest.raises(BrokenFile):
            list(read_wordpress(path, pages=False))
        return
    posts = of_kind(SourcePost, read_wordpress(path, pages=False))
    comments = sum(len(post.comments) for post in posts)
    assert (len(posts), comments) == expected.get(path.name, (len(posts), comments))
