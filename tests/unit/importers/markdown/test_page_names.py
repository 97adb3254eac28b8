"""The slugs, titles and dates of pages, from their names."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.importers.markdown.folders import only_post


@pytest.mark.parametrize(
    ("place", "fields", "slug"),
    [
        ("posts/name/index.md", "", "name"),
        ("posts/name/index.fr.md", "", "name"),
        ("posts/2024-01-31-name/index.md", "", "name"),
        ("2024-01-31_name.md", "", "name"),
        ("2024-01-31.md", "", "2024-01-31"),
        ("file.md", "slug: Ünïcode Slug", "Ünïcode Slug"),
        ("file.md", "permalink: /a/b/last.html", "last"),
        ("file.md", "permalink: /:year/:title/", "file"),
        ("file.md", "permalink: pretty", "file"),
        ("file.md", "url: https://blog.example/2024/last/?a#b", "last"),
        ("file.md", "url: https://blog.example/", "file"),
        ("file.md", "path: 2024/01/31/last", "last"),
        ("file.md", "slug: caf%C3%A9", "café"),
        ("file.md", "slug: caf%e9", "café"),
        ("file.md", "slug: a%2fb", "a%2fb"),
        ("index.md", "", "index"),
        ("2024-01-31-my-post.html.md", "", "my-post"),
        ("2024-01-31-my-post.html.markdown", "", "my-post"),
        ("my-post.htm.md", "", "my-post"),
        ("a.html/index.html.md", "", "a"),
        ("my.html.post.md", "", "my.html.post"),
        ("_posts/2024-01-31-.html", "", ""),
        ("_posts/2024-01-31.md", "", ""),
        ("notes/2024/03/12/1/index.md", "", "2024-03-12-1"),
        ("notes/2024/3/12/12.md", "", "2024-03-12-12"),
        ("notes/2024/03/12/1/index.md", "slug: one", "one"),
        ("notes/2024/03/12/1/index.md", "permalink: /notes/5/", "5"),
        ("_posts/2024-03-12-243.md", "", "243"),
        ("notes/2024/31/12/1/index.md", "", "1"),
    ],
)
def test_the_slug_comes_from_the_first_name_available(
    tmp_path: Path, place: str, fields: str, slug: str
) -> None:
    assert only_post(tmp_path, place, f"---\ntitle: A\n{fields}\n---\n").slug == slug


@pytest.mark.parametrize(
    ("place", "fields", "day"),
    [
        ("2024-01-31-a.md", "", 31),
        ("2024/01/30/a.md", "", 30),
        ("a.md", "path: 2024/01/29/a", 29),
        ("2024-01-31-a.md", "date: 2024-01-28", 28),
        ("a.md", "publishDate: 2024-01-27\ndate: 2024-01-01", 27),
        ("2024-01-26-a.md", "date: 0001-01-01T00:00:00Z", 26),
        ("_posts/2024-01-25-.md", "", 25),
        ("_posts/2024-01-24-.html", "", 24),
        ("_posts/2024-01-23.md", "", 23),
        ("2024-01-22_.md", "", 22),
        ("2024-01-21-a.html.md", "", 21),
    ],
)
def test_a_date_comes_from_the_fields_or_the_path(tmp_path: Path, place: str, fields: str, day: int) -> None:
    post = only_post(tmp_path, place, f"---\ntitle: A\n{fields}\n---\n")
    assert post.publication_date == datetime(2024, 1, day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "text", "title"),
    [
        ("a-file_name.md", "Text", "A file name"),
        ("2024-01-31-a-file_name.html.md", "Text", "A file name"),
        ("_posts/2024-01-31-.md", "Text", "2024-01-31"),
        ("2024-01-31.md", "Text", "2024-01-31"),
        ("notes/2024/03/12/1/index.md", "Text", "2024-03-12-1"),
        ("_posts/2024-03-12-1.md", "Text", "2024-03-12-1"),
        ("_posts/2024-03-12-1984.md", "Text", "1984"),
        ("a.md", "Text\n\n## The *first* [heading](/a) {#id} ##\n\n# Second\n", "The first heading"),
        ("a.md", "# First {#id}\n", "First"),
        ("a.md", "```\n# Code\n```\n# Heading\n", "Heading"),
        ("a.md", "Heading\n=======\n\nText", "Heading"),
        ("a.md", "#hashtag\n\n-----\n", "A"),
    ],
)
def test_a_missing_title_is_the_first_heading_or_the_file(
    tmp_path: Path, place: str, text: str, title: str
) -> None:
    post = only_post(tmp_path, place, text)
    assert post.title == title
    assert post.content == text
    assert any(change.startswith("it had no title") for change in post.changes)
