"""The configuration of a site applies to its pages, and only one language is imported."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from everpost.errors import Invalid
from everpost.transfer.importers.formats.time_zones import zone_named
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import Item, Note, SourceAuthor, SourcePost
from tests.unit.importers.markdown.folders import notes_of, only_post, posts_of, write_folder

POST = "---\ntitle: A\ndate: 2024-07-31 10:00\n---\nText"
HUGO = {"hugo.toml": "defaultContentLanguage = 'de'\n[languages.de]\n[languages.fr]\n"}
ZOLA = {"config.toml": "base_url = '/'\n[languages.fr]\n"}
CONFIGURATIONS = {
    "_config.yml": "timezone: Europe/Berlin",
    "hugo.toml": "timeZone = 'Europe/Berlin'",
    "hugo.yaml": "timeZone: Europe/Berlin",
    "hugo.json": '{"timeZone": "Europe/Berlin"}',
    "config.toml": "baseURL = '/'\ntimeZone = 'Europe/Berlin'",
    "config/_default/hugo.toml": "timeZone = 'Europe/Berlin'",
    "pelicanconf.py": "import os\nTIMEZONE = 'Europe/Berlin'  # where I live\nX = os.getcwd()",
}


@pytest.mark.parametrize(("name", "text"), CONFIGURATIONS.items())
def test_dates_are_in_the_zone_of_the_configuration(tmp_path: Path, name: str, text: str) -> None:
    write_folder(tmp_path, {name: text, "content/_posts/2024-07-31-a.md": POST})
    for folder in (tmp_path, tmp_path / "content", tmp_path / "content" / "_posts"):
        [post] = posts_of(folder)
        assert post.publication_date.astimezone(UTC) == datetime(2024, 7, 31, 8, tzinfo=UTC)
        assert folder.name not in notes_of(folder)


def test_a_requested_time_zone_takes_precedence(tmp_path: Path) -> None:
    site = {"_config.yml": "timezone: Europe/Berlin", "_posts/2024-01-31-a.md": "---\ntitle: A\n---\n"}
    items = read_markdown(write_folder(tmp_path, site), timezone=zone_named("America/New_York"))
    [post] = [item for item in items if isinstance(item, SourcePost)]
    assert post.publication_date.astimezone(UTC) == datetime(2024, 1, 31, 5, tzinfo=UTC)


def test_an_invalid_time_zone_is_reported(tmp_path: Path) -> None:
    write_folder(tmp_path, {"_config.yml": "timezone: Berlin", "_posts/2024-07-31-a.md": POST})
    assert posts_of(tmp_path)[0].publication_date.utcoffset() == datetime.now(UTC).utcoffset()
    notes = [item.reason for item in read_markdown(tmp_path) if isinstance(item, Note)]
    assert any("did you mean 'Europe/Berlin'" in reason for reason in notes)


def test_a_date_in_an_unknown_time_zone_is_reported(tmp_path: Path) -> None:
    post = only_post(tmp_path, "a.md", "---\ntitle: A\ndate: 2024-01-31 10:00 XYZ\n---\n")
    assert post.publication_date == datetime(2024, 1, 31, 10, tzinfo=UTC)
    assert post.changes == ("the time zone 'XYZ' of its date is unknown: the time was read as UTC",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_config.yml", "a: ["),
        ("_config.yml", "a: " + "[" * 500),
        ("_config.yml", "a: b\n" * 100_000),
        ("hugo.toml", "a = "),
        ("hugo.json", "{"),
        ("pelicanconf.py", "é".encode("latin-1")),
    ],
)
def test_a_broken_configuration_is_reported(tmp_path: Path, name: str, text: str | bytes) -> None:
    write_folder(tmp_path, {name: text, "content/_posts/2024-07-31-a.md": POST})
    notes = [item.reason for item in read_markdown(tmp_path) if isinstance(item, Note)]
    assert any(reason.startswith("its configuration cannot be read") for reason in notes)
    [post] = posts_of(tmp_path)
    assert post.status is PostStatus.DRAFT


@pytest.mark.parametrize(
    ("site", "tags"),
    [
        ({"life/_posts/2020-01-02-a.md": POST}, ("life",)),
        ({"life/home/_posts/x/2020-01-02-a.md": POST}, ("life", "home")),
        ({"life/_drafts/a.md": POST}, ("life",)),
        ({"source/_posts/2020-01-02-a.md": POST}, ()),
        ({"_posts/life/2020-01-02-a.md": POST}, ()),
        ({"pelicanconf.py": "", "content/life/a.md": "Title: A\nDate: 2020-01-02\n\n"}, ("life",)),
        ({"pelicanconf.py": "", "content/a.md": "Title: A\nDate: 2020-01-02\n\n"}, ()),
        (
            {"pelicanconf.py": "", "content/life/a.md": "Title: A\nDate: 2020-01-02\nCategory: b\n\n"},
            ("b",),
        ),
        ({".eleventy.js": "", "life/_posts/a.md": POST}, ()),
        ({".eleventy.js": "", "_posts/a.md": POST.replace("title", "tags: a b\ntitle")}, ("a b",)),
        ({"scaffolds/a": "", "_config.yml": "", "_posts/a.md": "tags: a b\n---\n"}, ("a b",)),
        ({"_config.yml": "", "_posts/a.md": POST.replace("title", "tags: a b\ntitle")}, ("a", "b")),
        ({"_config.yml": "defaults:\n- values: {tags: [a, b]}", "_posts/2020-01-02-a.md": POST}, ("a", "b")),
    ],
)
def test_tags_come_from_folders_and_defaults(
    tmp_path: Path, site: Mapping[str, str], tags: tuple[str, ...]
) -> None:
    [post] = posts_of(write_folder(tmp_path, site))
    assert post.tags == tags


@pytest.mark.parametrize(
    ("author", "name", "email"),
    [
        (
            "{login: ann, email: a@b.example, display_name: Ann A., first_name: Ann, last_name: A}",
            "Ann A.",
            "a@b.example",
        ),
        ("{name: Ann}", "Ann", None),
        ("{first_name: Ann, last_name: Author}", "Ann Author", None),
        ("{login: ann}", "ann", None),
        ("{Name: Ann, Email: a@b.example}", "Ann", "a@b.example"),
        ("[{name: Ann}, {name: Ben}]", "Ann", None),
        ("Ann", "Ann", None),
        ("[Ann, Ben]", "Ann", None),
    ],
)
def test_an_author_may_be_a_map(tmp_path: Path, author: str, name: str, email: str | None) -> None:
    write_folder(tmp_path, {"a.md": f"---\ntitle: A\ndate: 2020-01-02\nauthor: {author}\n---\n"})
    found, post, *_ = read_markdown(tmp_path)
    assert found == SourceAuthor(source_id=name, name=name, email=email)
    assert isinstance(post, SourcePost)
    assert ("Ben" in author) == any("Ben" in change for change in post.changes)


@pytest.mark.parametrize("author", ["{url: https://a.example}", "[[Ann]]", "{}"])
def test_an_author_that_is_not_understood_is_reported(tmp_path: Path, author: str) -> None:
    post = only_post(tmp_path, "a.md", f"---\ntitle: A\ndate: 2020-01-02\nauthor: {author}\n---\n")
    assert (post.author_id, post.changes) == (None, ("an author without a name was dropped",))


def test_names_are_decoded(tmp_path: Path) -> None:
    site = {
        "_posts/2013-05-01-%e4%bd%a0%e5%a5%bd.md": "---\n---\n",
        "_posts/2013-05-02-b.md": "---\npermalink: /2013/%e4%b8%96%e7%95%8c/\n---\n",
        "_posts/2013-05-03-c.md": "---\nslug: '%C3%A9t%C3%A9'\n---\n",
        "_posts/2013-05-04-100%25.md": "---\n---\n",
        "_posts/2013-05-05-%ff%2f.md": "---\n---\n",
    }
    posts = posts_of(write_folder(tmp_path, site))
    assert [post.slug for post in posts] == ["你好", "世界", "été", "100%", "%ff%2f"]
    assert posts[0].title == "你好"


SUFFIXES = {"a.md": POST, "a.fr.md": POST, "b.md": POST, "t/index.md": POST, "t/index.fr.md": POST}
FOLDERS = {"en/a.md": POST, "fr/a.md": POST, "fr/b.md": POST}
FIELDS = {
    "_config.yml": "languages: [en, fr]\ndefault_lang: en",
    "_posts/2024-01-01-a.md": POST.replace("title", "lang: en\ntitle"),
    "_posts/2024-01-01-b.md": POST.replace("title", "lang: fr\ntitle"),
    "_posts/2024-01-01-c.md": POST,
}


def read(
    folder: Path, site: Mapping[str, str], language: str | None
) -> tuple[dict[str, str | None], list[Item]]:
    """The slugs of the posts by path, and the notes on pages in other languages."""
    items = list(read_markdown(write_folder(folder, site), language=language))
    posts = {item.source_id: item.slug for item in items if isinstance(item, SourcePost)}
    return posts, [item for item in items if isinstance(item, Note) and item.kind == "translation"]


@pytest.mark.parametrize(
    ("site", "language", "slugs", "left_out"),
    [
        (SUFFIXES, None, {"a.md": "a", "b.md": "b", "t/index.md": "t"}, 2),
        (SUFFIXES, "fr", {"a.fr.md": "a", "t/index.fr.md": "t"}, 3),
        (SUFFIXES, "FR", {"a.fr.md": "a", "t/index.fr.md": "t"}, 3),
        (SUFFIXES, "en", {"a.md": "a", "b.md": "b", "t/index.md": "t"}, 2),
        (FOLDERS, "fr", {"fr/a.md": "a", "fr/b.md": "b"}, 1),
        ({"fr/a.md": POST, "b.md": POST}, "fr", {"fr/a.md": "a"}, 1),
        (HUGO | {"content/a.md": POST, "content/a.fr.md": POST}, None, {"content/a.md": "a"}, 1),
        (
            HUGO | {"content/a.de.md": POST, "content/b.fr.md": POST},
            None,
            {"content/a.de.md": "a"},
            1,
        ),
        (
            HUGO | {"content/de/a.md": POST, "content/fr/a.md": POST},
            "fr",
            {"content/fr/a.md": "a"},
            1,
        ),
        (HUGO | {"content/a.md": POST, "content/a.fr.md": POST}, "de", {"content/a.md": "a"}, 1),
        (
            {
                "config.toml": "base_url = '/'\n[languages.fr]\n",
                "content/a.md": POST,
                "content/a.fr.md": POST,
            },
            None,
            {"content/a.md": "a"},
            1,
        ),
        (FIELDS, None, {"_posts/2024-01-01-a.md": "a", "_posts/2024-01-01-c.md": "c"}, 1),
        (FIELDS, "fr", {"_posts/2024-01-01-b.md": "b"}, 2),
        (
            {
                "pelicanconf.py": "DEFAULT_LANG = 'de'",
                "content/a.md": "Title: A\nDate: 2020-01-02\n\n",
                "content/b.md": "Title: A\nDate: 2020-01-02\nLang: en\n\n",
            },
            None,
            {"content/a.md": "a"},
            1,
        ),
        (
            {"en/about.md": POST, "fr/about.md": POST, "_posts/2024-01-01-a.md": POST},
            None,
            {"_posts/2024-01-01-a.md": "a"},
            0,
        ),
        ({"a.html.md": POST, "a.fr.html.md": POST}, None, {"a.html.md": "a"}, 1),
        ({"a.html.md": POST, "a.fr.html.md": POST}, "fr", {"a.fr.html.md": "a"}, 1),
        ({"ml/a.md": POST, "os/b.md": POST}, None, {"ml/a.md": "a", "os/b.md": "b"}, 0),
        ({"a.min.md": POST, "b.js.md": POST}, None, {"a.min.md": "a.min", "b.js.md": "b.js"}, 0),
        ({"pt-br/a.md": POST, "en/a.md": POST}, "pt", {"pt-br/a.md": "a"}, 1),
        (
            {"_posts/2024-01-01-a.md": POST.replace("title", "lang: de\ntitle")},
            None,
            {"_posts/2024-01-01-a.md": "a"},
            0,
        ),
    ],
)
def test_one_language_is_imported(
    tmp_path: Path, site: Mapping[str, str], language: str | None, slugs: Mapping[str, str], left_out: int
) -> None:
    posts, notes = read(tmp_path, site, language)
    assert (posts, len(notes)) == (slugs, left_out)


@pytest.mark.parametrize(
    ("site", "language", "message"),
    [
        (FOLDERS, None, "en, fr: choose one with --language"),
        ({"a.de.md": POST, "a.fr.md": POST}, None, "de, fr: choose one with --language"),
        (FOLDERS, "es", "no page is in 'es': they are in en, fr"),
        (FIELDS, "es", "no page is in 'es': they are in en, fr"),
    ],
)
def test_a_language_is_not_guessed(
    tmp_path: Path, site: Mapping[str, str], language: str | None, message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        read(tmp_path, site, language)


@pytest.mark.parametrize(
    "site",
    [
        {"hugo.toml": "[languages.de]\n[languages.fr]\n"},
        {"hugo.toml": "[languages.de]\ncontentDir = 'content'\n"},
        ZOLA,
        {"_config.yml": "languages: [de, fr]"},
    ],
)
def test_pages_without_a_language_are_in_the_default_one(tmp_path: Path, site: Mapping[str, str]) -> None:
    write_folder(tmp_path, {**site, "content/posts/_posts/2024-07-31-a.md": POST})
    assert len(posts_of(tmp_path)) == 1
