"""Nothing that a generator would not show becomes public: it is a draft, and the report says why."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from everpost.transfer.elsewhere.items import Problem
from tests.unit.transfer_elsewhere.folders import (
    notes_of,
    only_post,
    posts_of,
    problems_of,
    write_folder,
)

POST = "---\ntitle: A\ndate: 2020-01-02\n---\nText"
HUGO = {"hugo.toml": "title = 'A site'"}
JEKYLL = {"_config.yml": "title: A site"}
ELEVENTY = {"eleventy.config.js": "export default {}"}
ZOLA = {"config.toml": 'base_url = "https://a.example"'}
PELICAN = {"pelicanconf.py": "AUTHOR = 'Ann'"}


def with_field(field: str) -> str:
    return f"---\ntitle: A\ndate: 2020-01-02\n{field}\n---\nText"


@pytest.mark.parametrize(
    "field",
    [
        "draft: true",
        "draft: 'true'",
        "Draft: TRUE",
        "draft: yes",
        "draft: on",
        "draft: 1",
        "draft: maybe",
        "draft: [x]",
        "draft: 2",
        "published: false",
        "published: 'false'",
        "published: no",
        "published: later",
        "status: draft",
        "status: hidden",
        "status: skip",
        "status: private",
        "headless: true",
        "unlisted: true",
        "hidden: yes",
        "private: true",
        "render: false",
        "permalink: false",
        "eleventyExcludeFromCollections: true",
        "expiryDate: 2021-01-01",
        "unpublishDate: 2021-01-01T10:00:00Z",
        "expiryDate: one day",
        "build: {render: never}",
        "build: {list: never}",
        "build: {render: false}",
        "_build: {render: link}",
        "build: {list: local}",
    ],
)
def test_what_is_not_shown_is_a_draft(tmp_path: Path, field: str) -> None:
    post = only_post(tmp_path, "posts/a.md", with_field(field))
    assert post.status is PostStatus.DRAFT
    names = {"draft: true", "draft: 'true'", "Draft: TRUE", "draft: yes", "draft: on", "draft: 1"}
    says_so = {*names, "published: false", "published: 'false'", "published: no", "status: draft"}
    assert field in says_so or any(change.startswith("it is a draft: ") for change in post.changes)


@pytest.mark.parametrize(
    "field",
    [
        "draft: false",
        "draft: ",
        "draft: no",
        "published: true",
        "published: 2020-01-02",
        "status: published",
        "render: true",
        "headless: false",
        "expiryDate: 2999-01-01",
        "build: {render: always, list: always, publishResources: false}",
        "permalink: /a/",
        "hidden: false",
    ],
)
def test_what_is_shown_is_public(tmp_path: Path, field: str) -> None:
    post = only_post(tmp_path, "posts/a.md", with_field(field))
    assert post.status is PostStatus.PUBLISHED
    assert ("expiryDate" not in field) or post.changes == ("its expiry on 2999-01-01 was ignored",)


@pytest.mark.parametrize(
    "site",
    [
        JEKYLL
        | {"_config.yml": "defaults:\n- scope: {path: ''}\n  values: {published: false}"}
        | {"_posts/2020-01-02-a.md": POST},
        JEKYLL
        | {"_config.yml": "defaults:\n- scope: {path: _posts/old, type: posts}\n  values: {draft: true}"}
        | {"_posts/old/2020-01-02-a.md": POST},
        JEKYLL
        | {"_config.yml": "defaults:\n- scope: {path: '_posts/*/x'}\n  values: {hidden: true}"}
        | {"_posts/old/x/2020-01-02-a.md": POST},
        HUGO | {"content/b/_index.md": "---\ncascade: {draft: true}\n---\n", "content/b/c/a.md": POST},
        HUGO
        | {"content/_index.md": "---\ncascade:\n- build: {render: never}\n  target: {path: '/b/**'}\n---\n"}
        | {"content/b/a.md": POST},
        HUGO | {"content/b/_index.md": "---\ntitle: [\n---\n", "content/b/a.md": POST},
        ZOLA | {"content/b/_index.md": "+++\ndraft = true\n+++\n", "content/b/c/a.md": POST},
        ELEVENTY | {"b/b.json": '{"draft": true}', "b/a.md": POST},
        ELEVENTY | {"b/b.11tydata.json": '{"permalink": false}', "b/c/a.md": POST},
        ELEVENTY | {"b/a.json": '{"eleventyExcludeFromCollections": true}', "b/a.md": POST},
        ELEVENTY | {"b/b.11tydata.js": "module.exports = {draft: isDraft()}", "b/a.md": POST},
        ELEVENTY | {"b/b.11tydata.json": "{", "b/a.md": POST},
        {"b/b.11tydata.json": '{"draft": "true"}', "b/a.md": POST},
        {"_drafts/a.md": POST},
        {"posts/a.md": "---\ntitle: A\n---\nText"},
        {"posts/a.md": "Text"},
        {"posts/a.md": ""},
        {"trip/index.md": POST.replace("title: A", "title: Trip\ndraft: true"), "trip/a.md": POST},
        PELICAN | {"content/a.md": "Title: A\n\nText"},
    ],
)
def test_what_its_site_does_not_show_is_a_draft(tmp_path: Path, site: Mapping[str, str]) -> None:
    posts = posts_of(write_folder(tmp_path, site))
    assert posts
    assert {post.status for post in posts} == {PostStatus.DRAFT}
    for post in posts:
        if "draft: true" not in site[post.source_id] and "_drafts" not in post.source_id:
            assert any(change.startswith("it is a draft: ") for change in post.changes)


@pytest.mark.parametrize(
    "site",
    [
        JEKYLL
        | {"_config.yml": "defaults:\n- scope: {path: old}\n  values: {published: false}"}
        | {"_posts/2020-01-02-a.md": POST},
        JEKYLL
        | {"_config.yml": "defaults:\n- scope: {type: pages}\n  values: {published: false}"}
        | {"_posts/2020-01-02-a.md": POST},
        JEKYLL
        | {"_config.yml": "defaults:\n- values: {draft: 1}\n- scope: {path: _posts}\n  values: {draft: 0}"}
        | {"_posts/2020-01-02-a.md": POST},
        HUGO | {"content/b/_index.md": "---\ndraft: true\n---\n", "content/b/a.md": POST},
        HUGO
        | {"content/_index.md": "---\ncascade: {draft: true, _target: {kind: section}}\n---\n"}
        | {"content/b/a.md": POST},
        ELEVENTY | {"b/b.json": '{"draft": true}', "b/a.md": with_field("draft: false")},
        JEKYLL | {"src/index.md": "---\n---\n", "src/_posts/2020-01-02-a.md": POST},
        ELEVENTY | {"b/b.11tydata.js": "export default {tags: ['posts']}", "b/a.md": POST},
    ],
)
def test_what_its_site_shows_is_public(tmp_path: Path, site: Mapping[str, str]) -> None:
    assert [post.status for post in posts_of(write_folder(tmp_path, site))] == [PostStatus.PUBLISHED]


@pytest.mark.parametrize(
    ("site", "place", "reason"),
    [
        ({"posts/a.md": POST, "about.md": "---\ntitle: About\n---\n"}, "about.md", "a page"),
        ({"posts/a.md": POST, "about.md": "---\nlayout: page\n---\n"}, "about.md", "a page"),
        ({"posts/a.md": POST, "posts/b.md": "---\ntype: page\n---\n"}, "posts/b.md", "a page"),
        ({"pages/a.md": "Title: A\n\nText"}, "pages/a.md", "a page"),
        (PELICAN | {"content/pages/a.md": "Title: A\nDate: 2020-01-02\n\n"}, "content/pages/a.md", "a page"),
        (JEKYLL | {"_posts/2020-01-02-a.md": POST, "b.md": POST}, "b.md", "a page"),
        ({"trip/index.md": POST, "trip/notes.md": "Notes"}, "trip/notes.md", "a resource"),
        ({"trip/index.md": POST, "trip/a/notes.md": "Notes"}, "trip/a/notes.md", "a resource"),
        (HUGO | {"content/t/index.fr.md": POST, "content/t/b.md": POST}, "content/t/b.md", "a resource"),
        (HUGO | {"themes/x/content/a.md": POST, "content/a.md": POST}, "themes", "not where posts are"),
        (HUGO | {"README.md": POST, "content/a.md": POST}, "README.md", "not where posts are"),
        (ZOLA | {"themes/x/content/a.md": POST, "content/a.md": POST}, "themes", "not where posts are"),
        (JEKYLL | {"vendor/bundle/_posts/2020-01-02-a.md": POST}, "vendor/bundle", "not where posts are"),
        ({"vendor/cache/a.md": POST}, "vendor/cache", "not where posts are"),
        ({"node_modules/a/readme.md": POST}, "node_modules", "not where posts are"),
        ({".sass-cache/a.md": POST}, ".sass-cache", "not where posts are"),
        ({"_site/a.md": POST}, "_site", "not where posts are"),
        (
            {"_config.yml": "exclude: [old/, '*.draft.md']", "old/_posts/2020-01-02-a.md": POST},
            "old",
            "not where posts are",
        ),
        (
            {"_config.yml": "exclude: ['*.draft.md']", "_posts/2020-01-02-a.draft.md": POST},
            "_posts/2020-01-02-a.draft.md",
            "the configuration excludes it",
        ),
        (ELEVENTY | {".eleventyignore": "# no\n./old/**\n", "old/a.md": POST}, "old", "not where posts are"),
        ({"a.rst": "A"}, "a.rst", "reStructuredText is not read"),
        ({"a.mdx": "A"}, "a.mdx", "MDX"),
        ({"a.adoc": "A"}, "a.adoc", "AsciiDoc"),
        ({"a.org": "A"}, "a.org", "Org"),
        ({"a.njk": "A"}, "a.njk", "templates"),
        ({"a.htm": b"<html>caf\xe9"}, "a.htm", "HTML without front matter"),
        ({"a.md": "---js\n{}\n---\n"}, "a.md", "'js' is not read"),
    ],
)
def test_what_is_no_post_is_left_out_and_named(
    tmp_path: Path, site: Mapping[str, str | bytes], place: str, reason: str
) -> None:
    write_folder(tmp_path, site)
    assert notes_of(tmp_path)[place].startswith(reason) or reason in notes_of(tmp_path)[place]
    assert not {post.source_id for post in posts_of(tmp_path)} & {place}
    assert not any(post.source_id.startswith(f"{place}/") for post in posts_of(tmp_path))


def test_what_the_configuration_includes_is_read(tmp_path: Path) -> None:
    site = {"_config.yml": "include: [_notes]\nexclude: [_notes]", "_notes/_posts/2020-01-02-a.md": POST}
    assert [post.slug for post in posts_of(write_folder(tmp_path, site))] == ["a"]


@pytest.mark.parametrize("ending", ["md", "markdown", "mkd", "mkdn", "mkdown", "mdown", "MD"])
def test_every_ending_of_markdown_is_read(tmp_path: Path, ending: str) -> None:
    assert only_post(tmp_path, f"_posts/2020-01-02-a.{ending}", POST).slug == "a"


def test_a_post_that_was_exported_here_is_what_it_was(tmp_path: Path) -> None:
    text = "---\ntitle: A\ndate: 2020-01-02\nid: 5e0d2f80aaaaaaaaaaaaaaaa\n---\n{% raw %}{{ a }}{% endraw %}"
    posts = posts_of(write_folder(tmp_path, {"t/index.md": POST, "t/a.md": text}))
    assert [post.status for post in posts] == [PostStatus.PUBLISHED] * 2
    assert posts[0].content == "{% raw %}{{ a }}{% endraw %}"


def test_a_folder_that_cannot_be_read_does_not_cost_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path, {"a.md": "Text", "closed/b.md": "Text"})
    listed = Path.iterdir

    def refuse(path: Path) -> Iterator[Path]:
        if path.name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert problems_of(tmp_path) == [Problem(kind="file", name="closed", reason="Permission denied")]
    assert [post.source_id for post in posts_of(tmp_path)] == ["a.md"]
