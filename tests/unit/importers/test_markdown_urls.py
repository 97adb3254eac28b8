"""The old paths of a page are those that its generator gave it, and its aliases."""

from pathlib import Path

import pytest

from everpost.domain.posts import PostKind, PostStatus
from tests.unit.importers.markdown.folders import posts_of, write_folder

DATE = "date: 2024-01-31 10:00:00 +0100\n"
PLAIN = f"---\ntitle: A Title\n{DATE}---\nText"
HUGO, ZOLA = "hugo.toml", "config.toml"
A_ZOLA = "base_url = 'https://a.example'"
A_HEXO = "new_post_name: :title.md\n"


def page(*fields: str) -> str:
    return f"---\ntitle: A Title\n{DATE}" + "".join(f"{field}\n" for field in fields) + "---\nText"


def pelican(*fields: str) -> str:
    return "".join(f"{field}\n" for field in ("Title: A Title", "Date: 2024-01-31 10:00", *fields)) + "\nText"


SITES: dict[str, tuple[dict[str, str], str, tuple[str, ...]]] = {
    "Jekyll": (
        {"_config.yml": "title: A", "_posts/2024-01-31-My-post.md": page("categories: News Tips")},
        "_posts/2024-01-31-My-post.md",
        ("/news/tips/2024/01/31/My-post.html",),
    ),
    "Jekyll, in its time zone": (
        {
            "_config.yml": "timezone: Asia/Tokyo",
            "_posts/2024-01-31-a.md": page("date: 2024-01-31 20:00 +0000"),
        },
        "_posts/2024-01-31-a.md",
        ("/2024/02/01/a.html",),
    ),
    "Jekyll, by its style": (
        {"_config.yml": "permalink: pretty", "x/_posts/2024-01-31-a.md": PLAIN},
        "x/_posts/2024-01-31-a.md",
        ("/x/2024/01/31/a",),
    ),
    "Jekyll, by its pattern": (
        {"_config.yml": "permalink: /:short_year/:i_month/:slug", "_posts/2024-01-31-A_b.md": PLAIN},
        "_posts/2024-01-31-A_b.md",
        ("/24/1/a-b",),
    ),
    "Jekyll, by the page, below a path, with redirects": (
        {
            "_config.yml": "url: https://a.example\nbaseurl: /blog\n",
            "_posts/2024-01-31-a.md": page("permalink: /x/:title/", "redirect_from: [/old/, older.html]"),
        },
        "_posts/2024-01-31-a.md",
        ("/blog/x/a", "/x/a", "/blog/old", "/old", "/blog/older.html", "/older.html"),
    ),
    "Jekyll, a page": (
        {"_config.yml": "title: A", "about/team.md": "---\ntitle: Team\n---\nText"},
        "about/team.md",
        ("/about/team.html",),
    ),
    "Hexo": (
        {"_config.yml": A_HEXO, "source/_posts/x/a.md": page("alias: /old")},
        "source/_posts/x/a.md",
        ("/2024/01/31/x/a", "/old"),
    ),
    "Hexo, by its pattern": (
        {
            "_config.yml": f"{A_HEXO}permalink: :category/:name.html",
            "source/_posts/a.md": page("categories: n"),
        },
        "source/_posts/a.md",
        ("/n/a.html",),
    ),
    "Hexo, by the page": (
        {"_config.yml": A_HEXO, "source/_posts/a.md": page("permalink: x/y.html")},
        "source/_posts/a.md",
        ("/x/y.html",),
    ),
    "Hugo": (
        {HUGO: "title = 'A'", "content/posts/My Post.md": page("aliases: [/old/, beside]")},
        "content/posts/My Post.md",
        ("/posts/my-post", "/old", "/posts/beside"),
    ),
    "Hugo, a bundle": (
        {HUGO: "title = 'A'", "content/posts/my-post/index.md": page("slug: Other")},
        "content/posts/my-post/index.md",
        ("/posts/other",),
    ),
    "Hugo, by its pattern": (
        {
            HUGO: "baseURL = 'https://a.example/b/'\n[permalinks]\nposts = '/:year/:monthname/:slug/'",
            "content/posts/a.md": PLAIN,
        },
        "content/posts/a.md",
        ("/b/2024/january/a-title", "/2024/january/a-title"),
    ),
    "Hugo, by its new pattern": (
        {HUGO: "[permalinks.page]\nposts = '/:sections[1:]/:contentbasename/'", "content/posts/a.md": PLAIN},
        "content/posts/a.md",
        ("/posts/a",),
    ),
    "Hugo, by the page": (
        {HUGO: "title = 'A'", "content/a.md": page("url: /x/y.html")},
        "content/a.md",
        ("/x/y.html",),
    ),
    "Zola": (
        {ZOLA: A_ZOLA, "content/News/2024-01-31-My post.md": page("aliases: [old/one]")},
        "content/News/2024-01-31-My post.md",
        ("/news/my-post", "/News/My post", "/old/one"),
    ),
    "Zola, by the page": (
        {ZOLA: A_ZOLA, "content/a.md": page("path: 2024/x")},
        "content/a.md",
        ("/2024/x",),
    ),
    "Pelican": (
        {"pelicanconf.py": "AUTHOR = 'Ann'", "content/news/a.md": pelican()},
        "content/news/a.md",
        ("/a-title.html",),
    ),
    "Pelican, by its pattern": (
        {
            "pelicanconf.py": "ARTICLE_URL = '{category}/{date:%Y}/{slug}/'\nSITEURL = 'https://a.example'",
            "content/news/a.md": pelican("Slug: b"),
        },
        "content/news/a.md",
        ("/news/2024/b",),
    ),
    "Pelican, by the page": (
        {"pelicanconf.py": "AUTHOR = 'Ann'", "content/a.md": pelican("Url: x/", "Save_as: y.html")},
        "content/a.md",
        ("/x", "/y.html"),
    ),
    "Pelican, a page": (
        {"pelicanconf.py": "AUTHOR = 'Ann'", "content/pages/a.md": pelican()},
        "content/pages/a.md",
        ("/pages/a-title.html",),
    ),
    "Eleventy": (
        {"eleventy.config.js": "", "src/posts/2024-01-31-a.md": PLAIN},
        "src/posts/2024-01-31-a.md",
        ("/src/posts/a", "/posts/a"),
    ),
    "Eleventy, by the page": (
        {
            "eleventy.config.js": "",
            "a.md": page('permalink: "/{{ title | slugify }}/{{page.fileSlug}}.html"'),
        },
        "a.md",
        ("/a-title/a.html",),
    ),
    "Eleventy, by its folder": (
        {"eleventy.config.js": "", "b/b.json": '{"permalink": "/x/{{ page.fileSlug }}/"}', "b/a.md": PLAIN},
        "b/a.md",
        ("/x/a",),
    ),
    "unknown": ({"posts/2024-01-31-a.md": PLAIN}, "posts/2024-01-31-a.md", ("/posts/a",)),
    "unknown, by the page": (
        {"a.md": page("path: 2024/x", "aliases: [old]")},
        "a.md",
        ("/2024/x", "/old"),
    ),
}


@pytest.mark.parametrize("name", SITES)
def test_a_page_has_the_paths_that_its_generator_gave_it(tmp_path: Path, name: str) -> None:
    files, place, expected = SITES[name]
    posts = {post.source_id: post for post in posts_of(write_folder(tmp_path, files), pages=True)}
    assert [f"/{path.strip('/')}" for path in posts[place].paths] == list(expected)
    assert posts[place].kind is (PostKind.PAGE if name.endswith("a page") else PostKind.POST)
    assert posts[place].status is PostStatus.PUBLISHED
    assert not any("dropped" in change or "path" in change for change in posts[place].changes)


def test_content_imported_without_its_site_has_the_same_paths(tmp_path: Path) -> None:
    files, _, expected = SITES["Hugo"]
    [post] = posts_of(write_folder(tmp_path, files) / "content" / "posts")
    assert post.paths == expected


@pytest.mark.parametrize(
    ("files", "is_reported"),
    [
        ({"eleventy.config.js": "", "a.md": page('permalink: "/{{ title | shout }}/"')}, True),
        ({"eleventy.config.js": "", "a.md": page('permalink: "{% if a %}/b/{% endif %}"')}, True),
        ({"_config.yml": f"{A_HEXO}permalink: :hash/", "source/_posts/a.md": PLAIN}, True),
        ({"pelicanconf.py": "ARTICLE_URL = '{number}/{date:%s}'", "content/a.md": pelican()}, True),
        ({"eleventy.config.js": "", "a.md": page("permalink: false")}, False),
        ({"_config.yml": f"{A_HEXO}permalink: :hash/", "source/_drafts/a.md": PLAIN}, False),
    ],
)
def test_a_path_that_only_the_generator_knows_is_reported(
    tmp_path: Path, files: dict[str, str], *, is_reported: bool
) -> None:
    [post] = posts_of(write_folder(tmp_path, files))
    assert post.paths == ()
    change = "its old path is not known, because only the generator can fill its permalink"
    assert (change in post.changes) is is_reported
    assert is_reported or post.status is PostStatus.DRAFT


@pytest.mark.parametrize(
    ("fields", "summary", "dropped"),
    [
        (("summary: One", "description: Two"), "One", "description"),
        (("excerpt: One", "description: Two"), "One", "description"),
        (("description: ' Two '",), "Two", ""),
        (("excerpt: false", "description: Two"), "Two", "excerpt"),
        (("summary: [a, b]",), None, "summary"),
        ((), None, ""),
    ],
)
def test_the_summary_is_that_of_the_front_matter(
    tmp_path: Path, fields: tuple[str, ...], summary: str | None, dropped: str
) -> None:
    [post] = posts_of(write_folder(tmp_path, {"a.md": page(*fields)}))
    assert post.summary == summary
    assert post.changes == ((f"its fields were dropped: {dropped}",) if dropped else ())
