"""A page that its generator would not publish becomes a draft, with a reason in the report."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from tests.unit.importers.markdown.configurations import ELEVENTY, HEXO, HUGO, JEKYLL, PELICAN, POST, ZOLA
from tests.unit.importers.markdown.folders import only_post, posts_of, write_folder


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
        "isDraft: true",
        "is_draft: maybe",
        "publish: false",
        "is-published: no",
        "public: false",
        "listed: false",
        "post_status: draft",
        "visibility: members",
        "visibility: private",
        "access: private",
        "password: secret",
        "password: [a, b]",
        "visible: false",
        "routable: false",
        "state: draft",
        "state: in review",
        "type: draft",
        "type: Private",
        "members_only: true",
        "encrypted: true",
        "unpublished: true",
        "unpublish_date: 2021-01-01",
        "unpublish-date: 2021-01-01",
        "expires: 2021-01-01",
        "expiry: 2021-01-01",
        "expiry_date: 2021-01-01",
        "expirationDate: 2021-01-01",
        "expires: soon",
        "eleventyComputed: {permalink: false}",
        "eleventyComputed: {eleventyExcludeFromCollections: true}",
        "eleventyComputed: {eleventyExcludeFromCollections: '{{ secret }}'}",
        "eleventyComputed:\n  draft: '{{ draft }}'",
    ],
)
def test_a_hidden_page_is_a_draft(tmp_path: Path, field: str) -> None:
    post = only_post(tmp_path, "posts/a.md", with_field(field))
    assert post.status is PostStatus.DRAFT
    names = {"draft: true", "draft: 'true'", "Draft: TRUE", "draft: yes", "draft: on", "draft: 1"}
    says_so = {*names, "published: false", "published: 'false'", "published: no", "status: draft"}
    says_so |= {"isDraft: true", "publish: false", "is-published: no", "public: false", "listed: false"}
    says_so |= {"post_status: draft", "state: draft", "visible: false", "routable: false"}
    assert field in says_so or any(change.startswith("it is a draft: ") for change in post.changes)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("published: true\nstatus: draft", "its status was 'draft', but published was 'true'"),
        ("draft: false\nstatus: Draft", "its status was 'draft', but draft was 'false'"),
        ("published: yes\ndraft: true", "draft was 'true', but published was 'yes'"),
        ("published: false\ndraft: false", "published was 'false', but draft was 'false'"),
        ("published: 2020-01-02\nstatus: draft", ""),
    ],
)
def test_a_page_with_contradictory_fields_is_a_reported_draft(
    tmp_path: Path, fields: str, reason: str
) -> None:
    post = only_post(tmp_path, "_posts/2020-01-02-a.md", with_field(fields))
    assert post.status is PostStatus.DRAFT
    assert post.changes == ((f"it is a draft: {reason}",) if reason else ())


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
        "isDraft: false",
        "publish: true",
        "publish: 2020-01-02",
        "visibility: public",
        "access: public",
        "state: published",
        "visible: true",
        "type: post",
        "password: ",
        "expires: never",
        "unpublish_date: ",
    ],
)
def test_a_visible_page_is_public(tmp_path: Path, field: str) -> None:
    post = only_post(tmp_path, "posts/a.md", with_field(field))
    assert post.status is PostStatus.PUBLISHED
    assert ("expiryDate" not in field) or post.changes == ("its expiry on 2999-01-01 was ignored",)


def test_a_password_is_not_reported(tmp_path: Path) -> None:
    post = only_post(tmp_path, "posts/a.md", with_field("password: hunter2"))
    assert post.changes == ("it is a draft: it has a password",)


@pytest.mark.parametrize("site", [{}, HUGO, ELEVENTY, ZOLA])
@pytest.mark.parametrize(
    "name",
    [
        "publishDate",
        "publish_date",
        "published",
        "pubDate",
        "publish",
        "publishAt",
        "published_at",
        "scheduled",
    ],
)
def test_a_scheduled_page_does_not_appear_early(tmp_path: Path, site: Mapping[str, str], name: str) -> None:
    write_folder(tmp_path, {**site, "content/posts/a.md": with_field(f"{name}: 2099-01-01")})
    [post] = posts_of(tmp_path)
    assert post.publication_date.year == 2099


@pytest.mark.parametrize("name", ["created", "updated", "published"])
def test_the_publication_date_takes_precedence_over_dates_in_the_past(tmp_path: Path, name: str) -> None:
    post = only_post(tmp_path, "posts/a.md", with_field(f"{name}: 2021-01-01"))
    assert post.publication_date.year == 2020


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
        ELEVENTY | {"b/b.json": '{"eleventyComputed": {"permalink": false}}', "b/a.md": POST},
        {"b/b.json": '{"eleventyComputed": {"permalink": false}}', "b/a.md": POST},
        ELEVENTY
        | {"b/b.11tydata.json": '{"eleventyComputed": {"eleventyExcludeFromCollections": true}}'}
        | {"b/c/a.md": with_field("eleventyComputed: {title: B}")},
        ELEVENTY | {"_data/eleventyComputed.json": '{"permalink": false}', "b/a.md": POST},
        ELEVENTY
        | {"_data/eleventyComputed.js": "export default {permalink: d => {\n  return false }}"}
        | {"b/a.md": POST},
        ELEVENTY | {"b/b.11tydata.js": "module.exports = {draft: isDraft()}", "b/a.md": POST},
        ELEVENTY | {"b/b.11tydata.json": "{", "b/a.md": POST},
        {"b/b.11tydata.json": '{"draft": "true"}', "b/a.md": POST},
        {"_drafts/a.md": POST},
        {"posts/a.md": "---\ntitle: A\n---\nText"},
        {"posts/a.md": "Text"},
        {"posts/a.md": ""},
        {"trip/index.md": POST.replace("title: A", "title: Trip\ndraft: true"), "trip/a.md": POST},
        PELICAN | {"content/a.md": "Title: A\n\nText"},
        JEKYLL | {"_posts/not-ready.md": POST},
        JEKYLL | {"_posts/2020/README.md": POST},
        JEKYLL | {"source/_posts/template.md": POST},
        JEKYLL | {"_posts/2020-01-02.md": POST},
        JEKYLL | {"_posts/not-ready.html": POST},
        HEXO | {"source/_posts/a.md": "title: A\n---\n"},
        HEXO | {"source/_posts/a.md": "title: A\ndate: 2020-01-02\ntags:\n- b\nhidden: true\n---\nText"},
    ],
)
def test_a_page_hidden_by_its_site_is_a_draft(tmp_path: Path, site: Mapping[str, str]) -> None:
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
        ELEVENTY
        | {"b/b.json": '{"eleventyComputed": {"permalink": false}}'}
        | {"b/a.md": with_field("eleventyComputed: {permalink: /a/}")},
        ELEVENTY | {"_data/eleventyComputed.js": "export default {key: d => d.title}", "b/a.md": POST},
        JEKYLL | {"src/index.md": "---\n---\n", "src/_posts/2020-01-02-a.md": POST},
        ELEVENTY | {"b/b.11tydata.js": "export default {tags: ['posts']}", "b/a.md": POST},
        JEKYLL | {"_posts/2020/2020-01-02-a.md": POST},
        JEKYLL | {"_posts/20-1-2-a.md": POST},
        JEKYLL | {"_posts/2020-01-02-.md": POST},
        HEXO | {"source/_posts/a.md": POST},
        {
            "_config.yml": "theme: a",
            "package.json": '{"dependencies": {"hexo": "7"}}',
            "source/_posts/a.md": POST,
        },
        {"_config.yml": "theme: a", "scaffolds/post.md": "", "source/_posts/a.md": POST},
        ELEVENTY | {"_posts/a.md": POST},
        ELEVENTY | {"_posts/a.txt": "", "notes/a.md": POST},
        {"_posts/a.md": POST},
    ],
)
def test_a_page_published_by_its_site_is_public(tmp_path: Path, site: Mapping[str, str]) -> None:
    assert [post.status for post in posts_of(write_folder(tmp_path, site))] == [PostStatus.PUBLISHED]


def test_a_post_without_a_date_in_its_name_is_a_draft_if_others_have_one(tmp_path: Path) -> None:
    posts = posts_of(write_folder(tmp_path, {"_posts/2020-01-02-a.md": POST, "_posts/b.md": POST}))
    assert [post.status.value for post in posts] == ["published", "draft"]
    assert posts[1].changes == (
        "it is a draft: Jekyll does not publish files in _posts without a date in their name",
    )


def test_an_exported_post_keeps_its_status(tmp_path: Path) -> None:
    text = "---\ntitle: A\ndate: 2020-01-02\nid: 5e0d2f80aaaaaaaaaaaaaaaa\n---\n{% raw %}{{ a }}{% endraw %}"
    posts = posts_of(write_folder(tmp_path, {"t/index.md": POST, "t/a.md": text}))
    assert [post.status for post in posts] == [PostStatus.PUBLISHED] * 2
    assert posts[0].content == "{% raw %}{{ a }}{% endraw %}"
