"""Files that are not posts are dropped and reported."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from everpost.transfer.importers.model import UnreadablePart
from tests.unit.importers.markdown.configurations import ELEVENTY, HEXO, HUGO, JEKYLL, PELICAN, POST, ZOLA
from tests.unit.importers.markdown.folders import notes_of, only_post, posts_of, problems_of, write_folder


@pytest.mark.parametrize(
    ("site", "place", "reason"),
    [
        ({"posts/a.md": POST, "about.md": "---\ntitle: About\n---\n"}, "about.md", "a page"),
        ({"posts/a.md": POST, "about.md": "---\nlayout: page\n---\n"}, "about.md", "a page"),
        ({"posts/a.md": POST, "posts/b.md": "---\ntype: page\n---\n"}, "posts/b.md", "a page"),
        ({"pages/a.md": "Title: A\n\nText"}, "pages/a.md", "a page"),
        (PELICAN | {"content/pages/a.md": "Title: A\nDate: 2020-01-02\n\n"}, "content/pages/a.md", "a page"),
        (JEKYLL | {"_posts/2020-01-02-a.md": POST, "b.md": POST}, "b.md", "a page"),
        (JEKYLL | {"_posts/2020/2020-01-02-a.md": POST, "README.md": POST}, "README.md", "a page"),
        ({"_posts/a/2020-01-02-a.md": POST, "docs/b.md": POST}, "docs/b.md", "a page"),
        ({"blog/_posts/a/2020-01-02-a.md": POST, "404.md": POST}, "404.md", "a page"),
        ({"_drafts/a/b.md": POST, "c.md": POST}, "c.md", "a page"),
        (JEKYLL | {"a.md": POST}, "a.md", "a page"),
        (HEXO | {"source/about/index.md": POST}, "source/about/index.md", "a page"),
        (HEXO | {"themes/a/README.md": POST}, "themes/a/README.md", "a page"),
        ({"trip/index.md": POST, "trip/notes.md": "Notes"}, "trip/notes.md", "a resource"),
        ({"trip/index.md": POST, "trip/a/notes.md": "Notes"}, "trip/a/notes.md", "a resource"),
        (
            HUGO | {"content/t/index.md": POST, "content/t/b/index.md": POST},
            "content/t/b/index.md",
            "a resource",
        ),
        (HUGO | {"content/t/index.fr.md": POST, "content/t/b.md": POST}, "content/t/b.md", "a resource"),
        (HUGO | {"themes/x/content/a.md": POST, "content/a.md": POST}, "themes", "not site content"),
        (HUGO | {"README.md": POST, "content/a.md": POST}, "README.md", "not site content"),
        (ZOLA | {"themes/x/content/a.md": POST, "content/a.md": POST}, "themes", "not site content"),
        (JEKYLL | {"vendor/bundle/_posts/2020-01-02-a.md": POST}, "vendor/bundle", "not site content"),
        ({"vendor/cache/a.md": POST}, "vendor/cache", "not site content"),
        ({"node_modules/a/readme.md": POST}, "node_modules", "not site content"),
        ({".sass-cache/a.md": POST}, ".sass-cache", "not site content"),
        ({"_site/a.md": POST}, "_site", "not site content"),
        (
            {"_config.yml": "exclude: [old/, '*.draft.md']", "old/_posts/2020-01-02-a.md": POST},
            "old",
            "not site content",
        ),
        (
            {"_config.yml": "exclude: ['*.draft.md']", "_posts/2020-01-02-a.draft.md": POST},
            "_posts/2020-01-02-a.draft.md",
            "the configuration excludes it",
        ),
        (ELEVENTY | {".eleventyignore": "# no\n./old/**\n", "old/a.md": POST}, "old", "not site content"),
        ({"posts/.a.md": POST}, "posts/.a.md", "a hidden file"),
        ({"posts/#a.md": POST}, "posts/#a.md", "a hidden file"),
        ({"_posts/.#2020-01-02-a.md": POST}, "_posts/.#2020-01-02-a.md", "a hidden file"),
        (HEXO | {"source/_posts/_a.md": POST}, "source/_posts/_a.md", "a hidden file"),
        ({"a.rst": "A"}, "a.rst", "reStructuredText is not read"),
        ({"a.mdx": "A"}, "a.mdx", "MDX"),
        ({"a.adoc": "A"}, "a.adoc", "AsciiDoc"),
        ({"a.org": "A"}, "a.org", "Org"),
        ({"a.njk": "A"}, "a.njk", "templates"),
        ({"a.htm": b"<html>caf\xe9"}, "a.htm", "HTML without front matter"),
        ({"a.md": "---js\n{}\n---\n"}, "a.md", "'js' is not read"),
        ({"2020-01-02-a.md": '{:title "A" :draft? true}\n\nText'}, "2020-01-02-a.md", "EDN"),
    ],
)
def test_other_files_are_dropped_and_reported(
    tmp_path: Path, site: Mapping[str, str | bytes], place: str, reason: str
) -> None:
    write_folder(tmp_path, site)
    assert notes_of(tmp_path)[place].startswith(reason) or reason in notes_of(tmp_path)[place]
    assert not {post.source_id for post in posts_of(tmp_path)} & {place}
    assert not any(post.source_id.startswith(f"{place}/") for post in posts_of(tmp_path))


def test_included_files_are_read(tmp_path: Path) -> None:
    site = {"_config.yml": "include: [_notes]\nexclude: [_notes]", "_notes/_posts/2020-01-02-a.md": POST}
    assert [post.slug for post in posts_of(write_folder(tmp_path, site))] == ["a"]


@pytest.mark.parametrize("ending", ["md", "markdown", "mkd", "mkdn", "mkdown", "mdown", "MD"])
def test_every_extension_of_markdown_is_read(tmp_path: Path, ending: str) -> None:
    assert only_post(tmp_path, f"_posts/2020-01-02-a.{ending}", POST).slug == "a"


def test_an_unreadable_folder_does_not_affect_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path, {"a.md": "Text", "closed/b.md": "Text"})
    listed = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert problems_of(tmp_path) == [UnreadablePart(kind="file", name="closed", reason="Permission denied")]
    assert [post.source_id for post in posts_of(tmp_path)] == ["a.md"]
