"""Readers fill the kind, the summary and the old paths of posts."""

from pathlib import Path

import pytest

from everpost.domain.posts import PostKind
from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.ghost.reader import read_ghost
from everpost.transfer.importers.model import SourcePost
from everpost.transfer.importers.registry import SYSTEMS, ImportOptions
from everpost.transfer.importers.wordpress.reader import read_wordpress
from tests.unit.importers.blogger.blogger_files import backup_entry, link, write_backup
from tests.unit.importers.exports import ghost, ghost_post, of_kind, only_post, wxr, wxr_item
from tests.unit.importers.markdown.folders import write_folder

LINK = "https://blog.example/2024/06/a-post/"


def meta(key: str, value: str) -> str:
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>"
    )


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return tmp_path / "export"


def wordpress(path: Path, *parts: str, base: str = "https://blog.example") -> list[SourcePost]:
    path.write_text(wxr(*parts).replace("https://blog.example</wp", f"{base}</wp"), encoding="utf-8")
    return of_kind(SourcePost, read_wordpress(path, pages=True))


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        ({"link": LINK}, ("/2024/06/a-post",)),
        ({"link": LINK, "guid": "https://blog.example/?p=1"}, ("/2024/06/a-post",)),
        ({"link": LINK, "guid": "http://www.blog.example/old.html"}, ("/2024/06/a-post", "/old.html")),
        ({"link": LINK, "guid": "http://elsewhere.example/old.html"}, ("/2024/06/a-post",)),
        ({"link": "https://blog.example/archives/7.html"}, ("/archives/7.html",)),
        ({"link": "https://blog.example/index.php/a-post"}, ("/index.php/a-post",)),
        ({"link": "https://blog.example/%d0%b6/"}, ("/%d0%b6",)),
        ({"link": "https://blog.example/"}, ()),
        ({"link": "https://[blog.example/a"}, ()),
        ({}, ()),
    ],
)
def test_the_permalinks_of_wordpress_are_old_paths(
    export: Path, values: dict[str, str], paths: tuple[str, ...]
) -> None:
    [post] = wordpress(export, wxr_item(1, **values))
    assert (post.paths, post.changes) == ((*paths, "/?p=1"), ())


def test_older_slugs_of_wordpress_are_old_paths(export: Path) -> None:
    slugs = [meta("_wp_old_slug", "first"), meta("_wp_old_slug", "second"), meta("mood", "third")]
    [post] = wordpress(export, wxr_item(1, *slugs, link=LINK))
    assert post.paths == ("/2024/06/a-post", "/2024/06/first", "/2024/06/second", "/?p=1")
    [post] = wordpress(export, wxr_item(1, slugs[0], link="https://blog.example/a.b/a-post.html"))
    assert post.paths == ("/a.b/a-post.html", "/a.b/first.html", "/?p=1")
    [post] = wordpress(export, wxr_item(1, *slugs, link="https://blog.example/?p=1", wp_status="draft"))
    assert (post.paths, post.changes) == (("/?p=1",), ())


@pytest.mark.parametrize("query", ["p=1", "page_id=1", "post_type=book&p=1"])
def test_a_link_of_wordpress_with_the_number_of_the_post_is_an_old_path(export: Path, query: str) -> None:
    [post] = wordpress(export, wxr_item(1, link=f"https://blog.example/?{query}"))
    assert (post.paths, post.changes) == (("/?p=1",), ())


def test_links_of_wordpress_without_a_path_are_reported(export: Path) -> None:
    [post] = wordpress(export, wxr_item(1, link="https://blog.example/?book=a"))
    assert post.paths == ("/?p=1",)
    assert post.changes == (
        "links to its old address 'https://blog.example/?book=a' do not redirect, because it has no path",
    )


def test_a_blog_below_a_path_has_old_paths_with_and_without_it(export: Path) -> None:
    item = wxr_item(link="https://blog.example/blog/2024/a/")
    [post] = wordpress(export, item, base="https://blog.example/blog")
    assert post.paths == ("/blog/2024/a", "/2024/a", "/blog/?p=1", "/?p=1")
    [post] = wordpress(export, item)
    assert post.paths == ("/blog/2024/a", "/?p=1")


def test_pages_of_each_system_are_imported_as_pages(export: Path) -> None:
    items = wxr_item(1), wxr_item(2, wp_post_type="page", link="https://blog.example/about/team/")
    post, page = wordpress(export, *items)
    assert (post.kind, page.kind) == (PostKind.POST, PostKind.PAGE)
    assert page.paths == ("/about/team", "/?p=2")
    export.write_text(ghost(ghost_post(), ghost_post(id="2", type="page"), ghost_post(id="3", page=1)))
    kinds = [post.kind for post in of_kind(SourcePost, read_ghost(export, pages=True))]
    assert kinds == [PostKind.POST, PostKind.PAGE, PostKind.PAGE]
    write_backup(export, backup_entry(1), backup_entry(2, "page"))
    kinds = [post.kind for post in of_kind(SourcePost, read_blogger(export, pages=True))]
    assert kinds == [PostKind.POST, PostKind.PAGE]


def test_pages_are_imported_unless_the_options_say_otherwise(export: Path) -> None:
    def kinds(system: str, pages: bool | None) -> list[PostKind]:
        items = SYSTEMS[system].read(export, ImportOptions(pages=pages))
        return [post.kind for post in of_kind(SourcePost, items)]

    both, posts = [PostKind.POST, PostKind.PAGE], [PostKind.POST]
    export.write_text(wxr(wxr_item(1), wxr_item(2, wp_post_type="page")), encoding="utf-8")
    assert (kinds("wordpress", None), kinds("wordpress", False)) == (both, posts)
    export.write_text(ghost(ghost_post(), ghost_post(id="2", type="page")))
    assert (kinds("ghost", None), kinds("ghost", False)) == (both, posts)
    write_backup(export, backup_entry(1), backup_entry(2, "page"))
    assert (kinds("blogger", None), kinds("blogger", False)) == (both, posts)
    export.unlink()
    write_folder(export, {"_posts/2024-01-31-a.md": "---\n---\nText", "about.md": "---\n---\nText"})
    assert (kinds("markdown", None), kinds("markdown", True)) == (posts, both)


@pytest.mark.parametrize(
    ("excerpt", "summary", "changes"),
    [
        ("", None, ()),
        (" \n ", None, ()),
        ("Short\nand sweet", "Short and sweet", ()),
        ("Tom &amp; Ann", "Tom & Ann", ()),
        ("1 < 2 > 0", "1 < 2 > 0", ()),
        (
            "<p>One</p><p>two<br/>t<b>hree</b></p>",
            "One two three",
            ("the HTML of the excerpt was converted to text",),
        ),
    ],
)
def test_the_excerpt_of_wordpress_is_the_summary(
    export: Path, excerpt: str, summary: str | None, changes: tuple[str, ...]
) -> None:
    [post] = wordpress(export, wxr_item(excerpt_encoded=excerpt))
    assert (post.summary, post.changes) == (summary, changes)


def test_the_excerpt_of_ghost_is_the_summary(export: Path) -> None:
    export.write_text(ghost(ghost_post(custom_excerpt=" In short "), ghost_post(id="2", custom_excerpt="")))
    assert [post.summary for post in of_kind(SourcePost, read_ghost(export, pages=True))] == [
        "In short",
        None,
    ]


@pytest.mark.parametrize(
    ("pattern", "zone", "path"),
    [
        ("/:slug/", "UTC", "/a-slug"),
        ("/:year/:month/:day/:slug/", "Etc/UTC", "/2024/06/05/a-slug"),
        ("/:year/:month/:day/:slug/", "Asia/Tokyo", "/2024/06/06/a-slug"),
        ("/:year/:id/", "nowhere", "/2024/p1"),
        ("/:primary_tag/:slug/", "UTC", None),
    ],
)
def test_old_paths_of_ghost_have_its_permalinks(
    export: Path, pattern: str, zone: str, path: str | None
) -> None:
    settings = [{"key": "permalinks", "value": pattern}, {"key": "activeTimezone", "value": zone}]
    export.write_text(ghost(ghost_post(id="p1"), ghost_post(id="2", page=1), settings=settings))
    post, page = of_kind(SourcePost, read_ghost(export, pages=True))
    assert post.paths == (() if path is None else (path,))
    assert page.paths == ("/a-slug",)
    [post, _] = of_kind(SourcePost, read_ghost(export, pages=True, site="https://ghost.example/blog/"))
    assert post.paths == (() if path is None else (f"/blog{path}", path))


def test_the_addresses_of_blogger_are_old_paths(export: Path) -> None:
    address = link("alternate", "http://blog.example/2024/01/a-slug.html")
    write_backup(export, backup_entry(1, "post", address))
    assert only_post(read_blogger(export, pages=False)).paths == ("/2024/01/a-slug.html",)
