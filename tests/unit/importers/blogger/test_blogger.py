"""Blogger's exports."""

import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zipfile import ZipFile

import pytest

from everpost.domain.posts import PostFormat, PostStatus
from everpost.errors import BrokenFile
from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.model import Item, Note, SourceAuthor, SourcePost
from tests.unit.importers.blogger.blogger_files import (
    BLOG,
    DRAFT,
    backup_comment,
    backup_entry,
    label,
    link,
    post_id,
    takeout_comment,
    takeout_entry,
    write_backup,
    write_takeout,
)
from tests.unit.importers.exports import dropped, of_kind, only_post

XHTML = (
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
    "a <b class='x&quot;'>b</b><br/> &lt;</div></content>"
)
Read = Callable[..., Sequence[Item]]


@pytest.fixture
def backup(tmp_path: Path) -> Read:
    """Reads a backup with these entries."""
    return lambda *entries, pages=False: list(
        read_blogger(write_backup(tmp_path / "blog.xml", *entries), pages=pages)
    )


@pytest.fixture
def takeout(tmp_path: Path) -> Read:
    """Reads the feed of Takeout with these entries."""
    return lambda *entries, pages=False: list(
        read_blogger(write_takeout(tmp_path / "feed.atom", *entries), pages=pages)
    )


def test_a_post_of_a_backup_is_read(backup: Read) -> None:
    address = link("alternate", "http://blog.example/2024/01/a-%C3%A9-slug.html")
    items = backup(backup_entry(1, "post", label("News"), label("Ünïcode & more"), address))
    assert only_post(iter(items)) == SourcePost(
        source_id=post_id(1),
        title="A title",
        content="<p>Words</p>",
        format=PostFormat.HTML,
        publication_date=datetime(2024, 1, 31, 22, tzinfo=timezone(timedelta(hours=-5))),
        updated_at=datetime(2024, 2, 1, 10, tzinfo=timezone(timedelta(hours=-5))),
        slug="a-é-slug",
        paths=("/2024/01/a-%C3%A9-slug.html",),
        tags=("News", "Ünïcode & more"),
        author_id="www.blogger.com/profile/1",
    )


def test_a_post_in_takeout_is_the_same_as_in_a_backup(backup: Read, takeout: Read) -> None:
    labels = f"<category scheme='{BLOG}' term='News'/>"
    [old] = of_kind(SourcePost, backup(backup_entry(1, "post", label("News"))))
    [new] = of_kind(SourcePost, takeout(takeout_entry(1, labels, blogger_filename="/2024/01/a-slug.html")))
    assert (new.source_id, new.author_id, new.tags) == (old.source_id, old.author_id, old.tags)
    assert (new.title, new.content, new.slug) == ("A title", "<p>Words</p>", "a-slug")
    assert new.publication_date == datetime(2024, 1, 31, 10, tzinfo=UTC)


def test_an_author_is_read_once_and_the_noreply_address_is_ignored(backup: Read) -> None:
    entries = [backup_entry(1), backup_entry(2), backup_entry(3, name="Bo", uri="", email="bo@blog.example")]
    assert of_kind(SourceAuthor, backup(*entries)) == [
        SourceAuthor(source_id="www.blogger.com/profile/1", name="Ada"),
        SourceAuthor(source_id="Bo", name="Bo", email="bo@blog.example"),
    ]


@pytest.mark.parametrize("entries", [[backup_entry(2, "page")], [backup_entry(2, "post", title="")]])
def test_authors_without_an_imported_post_are_dropped(backup: Read, entries: list[str]) -> None:
    authors = of_kind(SourceAuthor, backup(*entries))
    assert len(authors) == len(of_kind(SourcePost, backup(*entries)))


@pytest.mark.parametrize(
    ("status", "becomes", "changes"),
    [
        ("LIVE", PostStatus.PUBLISHED, ()),
        ("SCHEDULED", PostStatus.PUBLISHED, ()),
        ("DRAFT", PostStatus.DRAFT, ()),
        ("live", PostStatus.DRAFT, ("it is a draft: its status was 'live'",)),
        ("PRIVATE", PostStatus.DRAFT, ("it is a draft: its status was 'PRIVATE'",)),
        ("", PostStatus.DRAFT, ("it is a draft: its status was ''",)),
    ],
)
def test_only_a_live_post_is_published(
    takeout: Read, status: str, becomes: PostStatus, changes: tuple[str, ...]
) -> None:
    post = only_post(iter(takeout(takeout_entry(blogger_status=status))))
    assert (post.status, post.changes) == (becomes, changes)


@pytest.mark.parametrize(
    ("control", "becomes"),
    [
        (DRAFT, PostStatus.DRAFT),
        (DRAFT.replace("purl.org/atom/app#", "www.w3.org/2007/app"), PostStatus.DRAFT),
        (DRAFT.replace("yes", " Yes\n"), PostStatus.DRAFT),
        (DRAFT.replace("yes", "perhaps"), PostStatus.DRAFT),
        (DRAFT.replace("yes", ""), PostStatus.DRAFT),
        (DRAFT.replace("<app:draft>yes</app:draft>", "<app:draft/>"), PostStatus.DRAFT),
        (
            DRAFT.replace("<app:draft>yes</app:draft>", "<app:draft/><app:draft>no</app:draft>"),
            PostStatus.DRAFT,
        ),
        (DRAFT.replace("<app:draft>yes</app:draft>", ""), PostStatus.PUBLISHED),
        (DRAFT.replace("yes", "no"), PostStatus.PUBLISHED),
        ("", PostStatus.PUBLISHED),
    ],
)
def test_a_draft_of_a_backup_stays_one(backup: Read, control: str, becomes: PostStatus) -> None:
    assert only_post(iter(backup(backup_entry(1, "post", control)))).status is becomes


def test_a_post_that_contradicts_itself_is_not_published(backup: Read, takeout: Read) -> None:
    controls = [DRAFT.replace("yes", "no"), DRAFT]
    drafts = backup(backup_entry(1, "post", *controls), backup_entry(2, "post", *reversed(controls)))
    assert [post.status for post in of_kind(SourcePost, drafts)] == [PostStatus.DRAFT] * 2
    twice = "<blogger:status>DRAFT</blogger:status>"
    assert only_post(iter(takeout(takeout_entry(1, twice)))).status is PostStatus.DRAFT
    trashed = "<blogger:trashed>2024-05-01T10:00:00Z</blogger:trashed>"
    assert of_kind(SourcePost, takeout(takeout_entry(1, trashed))) == []


@pytest.mark.parametrize(
    "values", [{"blogger_trashed": "2024-05-01T10:00:00Z"}, {"blogger_status": "SOFT_TRASHED"}]
)
def test_a_post_in_the_trash_is_dropped_with_its_comments(takeout: Read, values: dict[str, str]) -> None:
    items = takeout(takeout_entry(1, **values), takeout_comment(2, 1), takeout_comment(3, 1))
    assert of_kind(SourcePost, items) == []
    notes = [(note.kind, note.reason) for note in of_kind(Note, items)]
    assert notes == [("post", "it is in the trash; comments on it: 2")]


def test_pages_are_imported_only_on_request(backup: Read, takeout: Read) -> None:
    pages = [backup_entry(1, "page"), backup_comment(2, 1)]
    assert dropped(iter(backup(*pages))) == [("page", f"{post_id(1)} 'A title'")]
    assert [len(post.comments) for post in of_kind(SourcePost, backup(*pages, pages=True))] == [1]
    page = takeout_entry(1, blogger_type="PAGE", blogger_filename="/p/about.html")
    assert of_kind(SourcePost, takeout(page)) == []
    assert only_post(iter(takeout(page, pages=True))).slug == "about"
    draft = takeout_entry(1, blogger_type="PAGE", blogger_status="DRAFT")
    assert only_post(iter(takeout(draft, pages=True))).status is PostStatus.DRAFT


@pytest.mark.parametrize("published", ["", "yesterday", "2024-13-01T00:00:00Z"])
def test_a_post_without_a_date_is_a_draft(backup: Read, published: str) -> None:
    post = only_post(iter(backup(backup_entry(published=published))))
    assert (post.status, post.publication_date.year) == (PostStatus.DRAFT, 1970)
    assert post.changes == ("it has no date: it is a draft, dated 1970",)


def test_an_unpublished_post_has_its_creation_date(takeout: Read) -> None:
    post = only_post(iter(takeout(takeout_entry(published="", blogger_status="DRAFT"))))
    assert post.publication_date == datetime(2024, 1, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("http://blog.example/2024/01/first.html", "first"),
        ("http://blog.example/2024/01/first.html?m=1#x", "first"),
        ("http://blog.example/p/about.html", "about"),
        ("/2024/01/first.html", "first"),
        ("http://blog.example/", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_the_slug_is_taken_from_the_url(backup: Read, address: str, slug: str | None) -> None:
    assert only_post(iter(backup(backup_entry(1, "post", link("alternate", address))))).slug == slug


@pytest.mark.parametrize(
    ("element", "content"),
    [
        ("<content type='html'>&lt;p&gt;1 &amp;lt; 2&lt;/p&gt;</content>", "<p>1 &lt; 2</p>"),
        ("<content>&lt;p&gt;Words&lt;/p&gt;</content>", "<p>Words</p>"),
        ("<content type='html'><![CDATA[<p>Words</p>]]></content>", "<p>Words</p>"),
        ("<content type='text'>1 &lt; 2\nlines</content>", "1 &lt; 2<br>\nlines"),
        (XHTML, '<div>a <b class="x&quot;">b</b><br> &lt;</div>'),
        ("<content/>", ""),
        ("", ""),
    ],
)
def test_content_becomes_html(backup: Read, element: str, content: str) -> None:
    entry = backup_entry(content="X").replace("<content type='html'>X</content>", element)
    assert only_post(iter(backup(entry))).content == content


@pytest.mark.parametrize(
    ("element", "title"),
    [
        ("<title type='text'>AT&amp;amp;T</title>", "AT&amp;T"),
        ("<title type='html'>AT&amp;amp;T</title>", "AT&T"),
        ("<title>It&amp;#39;s</title>", "It's"),
        ("<title/>", ""),
        ("", ""),
    ],
)
def test_a_title_becomes_text(backup: Read, element: str, title: str) -> None:
    entry = backup_entry(title="X").replace("<title type='text'>X</title>", element)
    assert only_post(iter(backup(entry))).title == title


def test_an_undeclared_prefix_is_read(tmp_path: Path) -> None:
    path = write_takeout(tmp_path / "feed.atom", takeout_entry(1, blogger_status="DRAFT"), takeout_entry(2))
    path.write_text(path.read_text().replace(" xmlns:blogger='http://schemas.google.com/blogger/2018'", ""))
    posts = of_kind(SourcePost, read_blogger(path, pages=False))
    assert [post.status for post in posts] == [PostStatus.DRAFT, PostStatus.PUBLISHED]


def test_the_archive_of_takeout_is_read_with_all_its_blogs(tmp_path: Path) -> None:
    path = tmp_path / "takeout.zip"
    with ZipFile(path, "w") as archive:
        for number in (1, 2):
            feed = write_takeout(
                tmp_path / "feed.atom", takeout_entry(number), takeout_comment(number + 10, number)
            )
            archive.write(feed, f"Takeout/Blogger/Blogs/Blog {number}/feed.atom")
        archive.writestr("Takeout/Blogger/Blogs/Blog 1/theme-layouts.xml", "<html/>")
        own = write_takeout(tmp_path / "feed.atom", takeout_comment(11, 1), takeout_comment(99, 98))
        archive.write(own, "Takeout/Blogger/Comments/Blog 1/feed.atom")
    items = list(read_blogger(path, pages=False))
    assert [(post.source_id, len(post.comments)) for post in of_kind(SourcePost, items)] == [
        (post_id(1), 1),
        (post_id(2), 1),
    ]
    assert dropped(iter(items)) == [
        ("file", "Takeout/Blogger/Comments/Blog 1/feed.atom"),
        ("file", "Takeout/Blogger/Blogs/Blog 1/theme-layouts.xml"),
    ]


def test_a_backup_may_be_compressed(tmp_path: Path) -> None:
    path = write_backup(tmp_path / "blog.xml", backup_entry(1))
    packed = tmp_path / "blog.xml.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert list(read_blogger(packed, pages=False)) == list(read_blogger(path, pages=False))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<rss><channel/></rss>", "which is an Atom feed"),
        ("<feed/>", "which is an Atom feed"),
        ("<feed><entry><id>a</id><title>T</title></entry></feed>", "do not say whether they are posts"),
        ("<feed><entry>", "line 1"),
        ("<!DOCTYPE feed><feed><entry/></feed>", "document type"),
        ("{}", "it is not XML"),
        ("", "it is not XML"),
    ],
)
def test_a_file_that_is_not_an_export_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "blog.xml"
    path.write_text(text)
    with pytest.raises(BrokenFile, match=reason):
        list(read_blogger(path, pages=False))


def test_settings_and_the_theme_are_counted(backup: Read) -> None:
    entries = [backup_entry(n, "settings") for n in range(3)] + [backup_entry(9, "template")]
    items = backup(*entries, backup_entry(10, "draft"), backup_entry(11, id=""))
    assert of_kind(SourcePost, items) == []
    assert [(note.kind, note.reason) for note in of_kind(Note, items)] == [
        ("setting", "only posts, pages and comments are imported; entries: 3"),
        ("theme", "only posts, pages and comments are imported; entries: 1"),
        ("draft", "only posts, pages and comments are imported"),
        ("post", "it has no id"),
    ]
