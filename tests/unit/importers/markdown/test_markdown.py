"""Sites of Hugo, Jekyll, Pelican, Eleventy and Zola."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.posts import PostFormat, PostStatus
from everpost.transfer.importers.markdown.posts import UNDATED
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import SourceAuthor
from tests.unit.importers.exports import real_files
from tests.unit.importers.markdown.folders import notes_of, only_post, posts_of, write_folder

HUGO = """---
title: "Hello: a post"
date: 2024-01-31T10:00:00+01:00
lastmod: 2024-02-01T00:00:00Z
draft: true
slug: hello-post
tags: [one, two]
categories:
  - News
authors:
  - name: Ann
    email: ann@blog.example
---

Text with a {{< shortcode >}}.
"""
HUGO_TOML = """+++
title = "Hello"
date = 2024-01-31T10:00:00+01:00
draft = false
tags = ["one"]
+++
Text
"""
ZOLA = """+++
title = "Zola"
date = 2024-01-31
updated = 2024-02-01
authors = ["Ann", "Ben"]

[taxonomies]
tags = ["rust", "zola"]
categories = ["news"]

[extra]
image = "a.png"
+++

Text
"""
PELICAN = """Title: A title: with a colon
Date: 2010-12-03 10:20
Modified: 2010-12-05 19:30
Category: Python
Tags: pelican, publishing
Slug: my-post
Authors: Alexis Metaireau; Conan Doyle
Summary: Short
    and sweet

This is the content.
"""
JEKYLL = """---
layout: post
title:  "Welcome to Jekyll!"
categories: jekyll update
tags: a, b
author: ann
---
{% raw %}Text{% endraw %}
"""
ELEVENTY = """---
title: Eleventy
date: Last Modified
tags: cats and dogs
permalink: "/{{ title | slugify }}/"
---
{{ content }}
"""


def test_a_post_of_hugo(tmp_path: Path) -> None:
    write_folder(tmp_path, {"posts/first.md": HUGO})
    author, post = read_markdown(tmp_path)
    assert author == SourceAuthor(source_id="Ann", name="Ann", email="ann@blog.example")
    assert post == posts_of(tmp_path)[0]
    [read] = posts_of(tmp_path)
    assert (read.source_id, read.title, read.slug) == ("posts/first.md", "Hello: a post", "hello-post")
    assert read.publication_date == datetime(2024, 1, 31, 9, tzinfo=UTC)
    assert read.updated_at == datetime(2024, 2, 1, tzinfo=UTC)
    assert read.status is PostStatus.DRAFT
    assert read.tags == ("one", "two", "News")
    assert read.content == "Text with a {{< shortcode >}}.\n"
    assert (read.format, read.author_id) == (PostFormat.MARKDOWN, "Ann")
    assert read.changes == ("template tags stay as text: {{< shortcode >}}",)


def test_a_post_of_hugo_in_toml(tmp_path: Path) -> None:
    post = only_post(tmp_path, "hello.md", HUGO_TOML)
    assert (post.title, post.slug, post.tags, post.content) == ("Hello", "hello", ("one",), "Text\n")
    assert post.publication_date == datetime(2024, 1, 31, 9, tzinfo=UTC)
    assert post.status is PostStatus.PUBLISHED


def test_a_post_of_zola(tmp_path: Path) -> None:
    post = only_post(tmp_path, "2020-02-03-zola.md", ZOLA)
    assert (post.slug, post.tags, post.author_id) == ("zola", ("rust", "zola", "news"), "Ann")
    assert post.publication_date == datetime(2024, 1, 31, tzinfo=UTC)
    assert post.updated_at == datetime(2024, 2, 1, tzinfo=UTC)
    assert post.changes == ("its other authors were dropped: Ben", "its fields were dropped: extra")


def test_a_post_of_pelican(tmp_path: Path) -> None:
    post = only_post(tmp_path, "post.md", PELICAN)
    assert (post.title, post.slug, post.author_id) == ("A title: with a colon", "my-post", "Alexis Metaireau")
    assert post.publication_date == datetime(2010, 12, 3, 10, 20, tzinfo=UTC)
    assert post.tags == ("pelican", "publishing", "Python")
    assert post.content == "This is the content.\n"
    assert (post.summary, post.changes) == (
        "Short and sweet",
        ("its other authors were dropped: Conan Doyle",),
    )


@pytest.mark.parametrize("status", ["draft", "hidden", "skip"])
def test_an_unlisted_page_of_pelican_is_a_draft(tmp_path: Path, status: str) -> None:
    post = only_post(tmp_path, "post.md", f"Title: A\nDate: 2010-12-03\nStatus: {status}\n\nText")
    assert post.status is PostStatus.DRAFT
    assert bool(post.changes) == (status != "draft")


def test_a_post_of_jekyll(tmp_path: Path) -> None:
    post = only_post(tmp_path, "_posts/2024-01-31-welcome-to-jekyll.markdown", JEKYLL)
    assert (post.slug, post.tags) == ("welcome-to-jekyll", ("a", "b", "jekyll", "update"))
    assert post.publication_date == datetime(2024, 1, 31, tzinfo=UTC)
    assert post.content == "Text\n"


def test_posts_of_jekyll_are_only_in_posts_and_drafts(tmp_path: Path) -> None:
    site = {
        "_posts/2024-01-31-a.md": "---\ntitle: A\n---\n",
        "news/_posts/2024-01-31-b.md": "---\ntitle: B\n---\n",
        "_drafts/c.md": "---\ntitle: C\n---\n",
        "_posts/2024-02-01-d.md": "---\ntitle: D\npublished: false\n---\n",
        "about.md": "---\ntitle: About\n---\n",
        "_layouts/post.html": "---\n---\n",
        "_config.yml": "title: A site",
    }
    write_folder(tmp_path, site)
    statuses = {post.title: post.status.value for post in posts_of(tmp_path)}
    assert statuses == {"A": "published", "B": "published", "C": "draft", "D": "draft"}
    assert "About" in {post.title for post in posts_of(tmp_path, pages=True)}
    notes = notes_of(tmp_path)
    assert notes["about.md"] == "a page, not a post"
    assert notes["_layouts"] == "not site content"
    assert notes["_config.yml"] == "neither Markdown nor HTML"


def test_a_post_of_eleventy(tmp_path: Path) -> None:
    post = only_post(tmp_path, "posts/2024-01-31-a-name.md", ELEVENTY)
    assert (post.slug, post.tags) == ("a-name", ("cats and dogs",))
    assert post.publication_date == datetime(2024, 1, 31, tzinfo=UTC)


def test_a_post_without_a_date_has_the_same_one_in_every_import(tmp_path: Path) -> None:
    post = only_post(tmp_path, "a.md", "---\ntitle: A\n---\n")
    assert post.publication_date == UNDATED
    assert post.status is PostStatus.DRAFT
    assert post.changes == ("it is a draft: it has no date: 1970-01-01 was used",)


def test_dates_without_an_offset_are_utc_which_is_reported_once(tmp_path: Path) -> None:
    write_folder(tmp_path, {f"{n}.md": f"---\ntitle: A\ndate: 2024-01-3{n}\n---\n" for n in (0, 1)})
    assert notes_of(tmp_path) == {
        tmp_path.name: "2 of its posts have dates without an offset, which were read as UTC"
    }


def test_html_with_front_matter_is_a_post(tmp_path: Path) -> None:
    page = "---\ndate: 2024-01-31T00:00:00Z\n---\n<h1>A <b>title</b> &amp; more</h1><p>Text"
    write_folder(tmp_path, {"a.html": page, "b.html": "<p>"})
    [post] = posts_of(tmp_path)
    assert (post.title, post.format) == ("A title & more", PostFormat.HTML)
    assert notes_of(tmp_path) == {"b.html": "HTML without front matter"}


@pytest.mark.parametrize(
    ("site", "status"),
    [
        ({"_posts/2024-01-04-plain.html": "<p>Text"}, "published"),
        ({"_config.yml": "", "a/_posts/b/2024-01-04-plain.htm": "<p>Text"}, "published"),
        ({"_config.yml": "new_post_name: a", "source/_posts/2024-01-04-plain.html": "<p>Text"}, "published"),
        ({"_drafts/plain.html": "<p>Text"}, "draft"),
        ({"_posts/plain.html": "<p>Text"}, None),
        ({"posts/2024-01-04-plain.html": "<p>Text"}, None),
        ({".eleventy.js": "", "_posts/2024-01-04-plain.html": "<p>Text"}, None),
        ({"_posts/2024-01-04-plain.html": b"<p>caf\xe9"}, None),
    ],
)
def test_html_without_front_matter_is_a_post_if_jekyll_publishes_it(
    tmp_path: Path, site: dict[str, str | bytes], status: str | None
) -> None:
    posts = posts_of(write_folder(tmp_path, site))
    expected = [] if status is None else [("Plain", "plain", status, "<p>Text")]
    assert [(post.title, post.slug, post.status.value, post.content) for post in posts] == expected
    if status is None:
        assert "HTML without front matter" in notes_of(tmp_path).values()


def test_other_files_are_reported(tmp_path: Path) -> None:
    outside = write_folder(tmp_path / "outside", {"secret.md": "# Secret"})
    site = write_folder(
        tmp_path / "site",
        {
            "_index.md": "+++\n+++\n",
            "a/_index.fr.md": "",
            "a/b.png": b"\x89",
            ".git/c.md": "",
            "large.md": b"",
        },
    )
    (site / "link.md").symlink_to(outside / "secret.md")
    (site / "folder").symlink_to(outside)
    with (site / "large.md").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    assert notes_of(site) == {
        "_index.md": "a section page",
        "a/_index.fr.md": "a section page",
        "a/b.png": "neither Markdown nor HTML",
        ".git": "not site content",
        "folder": "a symbolic link",
        "link.md": "a symbolic link",
        "large.md": "larger than 16,777,216 bytes, more than a post can be",
    }
    assert posts_of(site) == []


def test_content_is_unchanged(tmp_path: Path) -> None:
    content = "\r\n  Text \r\nwith\ttabs \x0b\x85\u2028 and no end"
    assert only_post(tmp_path, "a.md", "\ufeff---\r\ntitle: A\r\n---\r\n\r\n" + content).content == content


def test_posts_are_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write_folder(tmp_path, dict.fromkeys(["b.md", "a/z.md", "a/b/c.md", "Z.md", "é.md"], "Text"))
    assert [post.source_id for post in posts_of(tmp_path)] == ["Z.md", "a/b/c.md", "a/z.md", "b.md", "é.md"]


def test_the_real_posts_of_zola_are_read() -> None:
    for index in real_files("markdown/rust-lang/_index.md"):
        posts = posts_of(index.parent)
        assert len(posts) == len(list(index.parent.glob("*.md"))) - 1
        assert all(post.publication_date.year > 2013 for post in posts)
        assert {change for post in posts for change in post.changes if "title" in change} == set()
