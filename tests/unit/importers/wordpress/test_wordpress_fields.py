"""Each field of WordPress's export is imported or reported, and content is as WordPress displays it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everpost.domain.clock import EPOCH
from everpost.domain.posts import PostStatus
from everpost.transfer.importers.model import Item, Note
from everpost.transfer.importers.wordpress.reader import read_wordpress
from tests.unit.importers.exports import of_kind, only_post, wxr, wxr_author, wxr_comment, wxr_item

Read = Callable[..., Iterator[Item]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads an export with these parts."""

    def read(*parts: str, timezone: ZoneInfo | None = None) -> Iterator[Item]:
        path = tmp_path / "export.xml"
        path.write_text(wxr(*parts), encoding="utf-8")
        return read_wordpress(path, pages=False, timezone=timezone)

    return read


CHANNEL = """<title>A blog</title><description>Its tagline</description><language>de-DE</language>
<generator>https://wordpress.org/?v=6.5</generator><image><url>https://blog.example/icon.png</url></image>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>c-slug</wp:category_nicename>
<wp:category_parent>c-parent</wp:category_parent><wp:cat_name>C-name</wp:cat_name>
<wp:category_description>c-description</wp:category_description></wp:category>
<wp:tag><wp:tag_slug>t-slug</wp:tag_slug><wp:tag_name>T-name</wp:tag_name>
<wp:tag_description>t-description</wp:tag_description></wp:tag>
<wp:term><wp:term_taxonomy>series</wp:term_taxonomy><wp:term_slug>s-slug</wp:term_slug>
<wp:term_parent>s-parent</wp:term_parent><wp:term_name>S-name</wp:term_name>
<wp:term_description>s-description</wp:term_description><wp:termmeta><wp:meta_key>s-key</wp:meta_key>
<wp:meta_value>s-value</wp:meta_value></wp:termmeta></wp:term>"""
META = "<wp:{0}meta><wp:meta_key>{1}</wp:meta_key><wp:meta_value>v</wp:meta_value></wp:{0}meta>"


def test_every_field_is_imported_or_reported(read: Read) -> None:
    author = wxr_author().replace(
        "</wp:author>",
        "<wp:author_first_name>Augusta</wp:author_first_name><wp:author_last_name>King</wp:author_last_name></wp:author>",
    )
    comment = wxr_comment(
        5,
        wp_comment_author_email="guest@example.org",
        wp_comment_author_url="https://guest.example",
        wp_comment_author_IP="192.0.2.1",
        wp_comment_karma="9",
    ).replace("</wp:comment>", META.format("comment", "rating") + "</wp:comment>")
    item = wxr_item(
        7,
        comment,
        *(META.format("post", key) for key in ("mood", "_thumbnail_id", "_yoast_wpseo_title")),
        link="https://blog.example/2024/a/",
        guid="https://blog.example/?p=7",
        description="of RSS",
        excerpt_encoded="An excerpt",
        wp_ping_status="open",
        wp_post_parent="6",
        wp_menu_order="4",
        wp_is_sticky="1",
        wp_attachment_url="https://blog.example/a.png",
    )
    items = list(read(CHANNEL, author, item))
    said = repr(items)
    post = only_post(iter(items))
    assert (post.paths, post.summary) == (("/2024/a", "/?p=7"), "An excerpt")
    for value in (
        *("A blog", "Its tagline", "de-DE", "wordpress.org/?v=6.5", "image", "base_site_url"),
        *("C-name", "c-parent", "c-description", "T-name", "t-description", "S-name", "s-parent", "s-key"),
        *("ada@example.org", "author_first_name", "author_last_name"),
        *("guid", "description", "ping_status", "post_parent", "menu_order", "sticky mark"),
        *("attachment_url", "mood", "featured image", "_yoast_wpseo_title"),
        *("Guest", "Comment 5", "email address", "website", "IP address", "comment_karma", "rating"),
    ):
        assert value in said, f"{value} is neither carried nor named"


def test_notes_about_a_whole_file_are_short(read: Read) -> None:
    items = [wxr_item(each, META.format("post", f"_key_{each}")) for each in range(500)]
    notes = of_kind(Note, read(*items))
    assert len(notes) < 5


def test_paragraphs_and_shortcodes_are_as_wordpress_displays_them(read: Read) -> None:
    post = only_post(read(wxr_item(content_encoded="One\n\n[vimeo 1]\n\n[box]\n\nTwo\nThree")))
    assert post.content == (
        '<p>One</p>\n\n<figure><a href="https://vimeo.com/1">https://vimeo.com/1</a></figure>\n\n[box]\n\n'
        "<p>Two<br />\nThree</p>"
    )
    assert post.changes == (
        "shortcodes became HTML: vimeo",
        "shortcodes stay as text: box",
        "its paragraphs were marked up, as WordPress does when it displays a post",
    )


def attachment(id: int, parent: int, name: str) -> str:
    return wxr_item(
        id,
        "<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>"
        "<wp:meta_value>Alt</wp:meta_value></wp:postmeta>",
        wp_post_type="attachment",
        wp_post_parent=str(parent),
        wp_attachment_url=f"https://blog.example/{name}",
    )


@pytest.mark.parametrize("written", ["[gallery]", '[gallery ids="8,9"]'])
def test_a_gallery_has_the_pictures_of_the_file(read: Read, written: str) -> None:
    files = [
        attachment(8, 7, "a.png"),
        attachment(9, 7, "b.JPG"),
        attachment(10, 6, "c.png"),
        attachment(11, 7, "d.pdf"),
    ]
    post = only_post(read(wxr_item(7, content_encoded=written), *files))
    assert post.content == (
        '<figure class="gallery"><img src="https://blog.example/a.png" alt="Alt">'
        '<img src="https://blog.example/b.JPG" alt="Alt"></figure>'
    )


def test_local_dates_are_in_the_requested_time_zone(read: Read) -> None:
    item = wxr_item(
        1,
        wxr_comment(wp_comment_date_gmt="", wp_comment_date="2024-06-05 18:04:48"),
        wp_post_date_gmt="",
        wp_status="draft",
    )
    post = only_post(read(item, timezone=ZoneInfo("Europe/Berlin")))
    date = datetime(2024, 6, 5, 16, 4, 48, tzinfo=UTC)
    assert (post.publication_date, post.comments[0].publication_date) == (date, date)
    assert post.changes == ()


ZEROS = "0000-00-00 00:00:00"
LOCAL = datetime(2024, 6, 5, 18, 4, 48, tzinfo=UTC)
GIVEN = datetime(2024, 6, 5, 16, 4, 48, tzinfo=UTC)
EARLY = datetime(1970, 1, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("dates", "date"),
    [
        ((ZEROS, "Thu, 01 Jan 1970 00:00:00 +0000", ""), LOCAL),
        ((ZEROS, "Thu, 01 Jan 1970 02:00:00 +0000", ""), LOCAL),
        ((ZEROS, "Wed, 31 Dec 1969 19:00:00 -0500", ""), LOCAL),
        ((ZEROS, "Wed, 31 Dec 1969 14:00:00 +0000", ""), LOCAL),
        ((ZEROS, "Wed, 30 Nov -0001 00:00:00 +0000", ""), LOCAL),
        ((ZEROS, "Mon, 30 Nov -1 00:00:00 +0000", ""), LOCAL),
        ((ZEROS, "-0001-11-30T00:00:00+00:00", ""), LOCAL),
        ((ZEROS, "", ""), LOCAL),
        (("", "", ""), LOCAL),
        (("-0001-11-30 00:00:00", "", ""), LOCAL),
        (("1970-01-01 00:00:00", "Thu, 01 Jan 1970 00:00:00 +0000", ""), LOCAL),
        (("1970-01-01 00:00:00", "Wed, 05 Jun 2024 16:04:48 +0000", ""), GIVEN),
        ((ZEROS, "Wed, 05 Jun 2024 11:04:48 -0500", ""), GIVEN),
        ((ZEROS, "Wed, 05 Jun 2024 16:04:48 GMT", ZEROS), GIVEN),
        (("1970-01-01 08:00:00", "", "1970-01-01 10:00:00"), EARLY),
        ((ZEROS, "Thu, 01 Jan 1970 08:00:00 +0000", "1970-01-01 10:00:00"), EARLY),
        ((ZEROS, "Thu, 01 Jan 1970 00:00:00 +0000", ZEROS), EPOCH),
        ((ZEROS, "Wed, 30 Nov -0001 00:00:00 +0000", "-0001-11-30 00:00:00"), EPOCH),
    ],
)
@pytest.mark.parametrize("status", ["draft", "publish"])
def test_a_placeholder_for_a_date_is_ignored(
    read: Read, status: str, dates: tuple[str, str, str], date: datetime
) -> None:
    gmt, rss, local = dates
    values = {"wp_post_date_gmt": gmt, "pubDate": rss, "wp_status": status}
    comment = wxr_comment(wp_comment_date_gmt=gmt, wp_comment_date=local or "2024-06-05 18:04:48")
    post = only_post(read(wxr_item(1, comment, **values, **({"wp_post_date": local} if local else {}))))
    assert post.publication_date == date
    if not rss:
        assert post.comments[0].publication_date == date
    is_taken_for_utc = "its date was read as UTC, because WordPress gave no time zone" in post.changes
    assert is_taken_for_utc is (date == LOCAL)
    assert ("it had no date, and is dated 1970" in post.changes) is (date == EPOCH)


@pytest.mark.parametrize("gmt", [ZEROS, "1970-01-01 00:00:00", "-0001-11-30 00:00:00", ""])
def test_a_placeholder_for_an_update_is_ignored(read: Read, gmt: str) -> None:
    item = wxr_item(wp_post_modified_gmt=gmt, wp_post_modified="2024-06-05 18:04:48")
    assert only_post(read(item)).updated_at is None


@pytest.mark.parametrize(
    ("written", "slug", "is_reported"),
    [
        ("a-post", "a-post", False),
        ("%d0%bf%d1%80", "\u043f\u0440", False),
        ("caf%c3%a9", "caf\u00e9", False),
        ("caf%e9", "caf\u00e9", True),
        ("caf%E9-%fcber", "caf\u00e9-\u00fcber", True),
        ("%93quoted%94-%80", "\u201cquoted\u201d-\u20ac", True),
        ("%d0%bf%d1", "\u043f", True),
        ("100%-sure", "100%-sure", False),
        ("caf\u00e9", "caf\u00e9", False),
    ],
)
def test_a_percent_encoded_slug_is_read(read: Read, written: str, slug: str, *, is_reported: bool) -> None:
    post = only_post(read(wxr_item(wp_post_name=written)))
    assert (post.slug, bool(post.changes)) == (slug, is_reported)


@pytest.mark.parametrize(
    ("exported", "status"),
    [
        ("Thu, 06 Jun 2024 00:00:00 +0000", PostStatus.DRAFT),
        ("Wed, 05 Jun 2024 16:30:00 +0000", PostStatus.PUBLISHED),
        ("Mon, 01 Jan 2024 00:00:00 +0000", PostStatus.PUBLISHED),
        ("", PostStatus.PUBLISHED),
    ],
)
def test_a_post_that_missed_its_schedule_is_a_draft(read: Read, exported: str, status: PostStatus) -> None:
    post = only_post(read(f"<pubDate>{exported}</pubDate>", wxr_item(wp_status="future")))
    assert post.status is status
