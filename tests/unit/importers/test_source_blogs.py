"""The settings of a blog, as each system's files have them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from everpost.transfer.importers.blogger.reader import read_blogger
from everpost.transfer.importers.ghost.reader import read_ghost
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import Note, SourceBlog
from everpost.transfer.importers.wordpress.reader import read_wordpress
from tests.unit.importers.blogger.blogger_files import BLOG, backup_entry, write_backup, write_takeout
from tests.unit.importers.exports import ghost, ghost_post, of_kind, wxr, wxr_item
from tests.unit.importers.markdown.configurations import POST
from tests.unit.importers.markdown.folders import write_folder

WHOLE = SourceBlog(
    title="Ada's blog",
    description="Notes & more",
    language="de",
    time_zone="Europe/Vienna",
    base_url="https://blog.example",
)


def test_the_channel_of_wordpress_describes_the_blog(tmp_path: Path) -> None:
    channel = "<description>Notes &amp;amp; more</description><language>de-DE</language>"
    path = tmp_path / "blog.xml"
    path.write_text(wxr(channel, wxr_item()))
    assert of_kind(SourceBlog, read_wordpress(path, pages=False)) == [
        SourceBlog(
            title="A blog", description="Notes & more", language="de-DE", base_url="https://blog.example"
        )
    ]


@pytest.mark.parametrize("zone", ["timezone", "active_timezone", "activeTimezone"])
@pytest.mark.parametrize("language", ["locale", "lang", "default_locale", "defaultLang"])
def test_the_settings_of_ghost_describe_the_blog(tmp_path: Path, zone: str, language: str) -> None:
    values = {"title": "Ada's blog", "description": "Notes & more", zone: "Europe/Vienna", language: "de"}
    settings = [{"id": key, "key": key, "value": value} for key, value in values.items()]
    path = tmp_path / "ghost.json"
    path.write_text(ghost(ghost_post(), settings=[*settings, {"id": "x", "key": "logo", "value": "/a.png"}]))
    items = list(read_ghost(path, pages=False))
    assert of_kind(SourceBlog, items) == [
        SourceBlog(title="Ada's blog", description="Notes & more", language="de", time_zone="Europe/Vienna")
    ]
    [table] = [note for note in of_kind(Note, items) if note.kind == "table"]
    assert (table.name, table.reason.endswith("rows: 1")) == ("settings", True)


def test_the_feed_of_blogger_describes_the_blog(tmp_path: Path) -> None:
    backup = write_backup(
        tmp_path / "blog.xml",
        "<subtitle>Notes &amp; more</subtitle>",
        "<link rel='alternate' type='text/html' href='https://blog.example/'/>",
        *(
            backup_entry(0, "settings", id=f"{BLOG}.settings.{name}", content=value)
            for name, value in {
                "BLOG_NAME": "Ada's blog",
                "BLOG_LOCALE": "de",
                "BLOG_TIME_ZONE": "Europe/Vienna",
                "BLOG_DESCRIPTION": "",
            }.items()
        ),
        backup_entry(1),
    )
    [blog] = of_kind(SourceBlog, read_blogger(backup, pages=False))
    assert (blog.title, blog.description, blog.language) == ("Ada's blog", "Notes & more", "de")
    assert (blog.time_zone, blog.base_url) == ("Europe/Vienna", "https://blog.example/")
    takeout = write_takeout(tmp_path / "feed.atom")
    assert of_kind(SourceBlog, read_blogger(takeout, pages=False)) == [SourceBlog(title="A blog")]


_YAML = 'title: "Ada\'s blog"\ndescription: Notes & more\ntimezone: Europe/Vienna\n'
SITES: Mapping[str, Mapping[str, str]] = {
    "Jekyll": {"_config.yml": f"{_YAML}lang: de\nurl: https://blog.example\nbaseurl: ''"},
    "Hexo": {
        "_config.yml": f"{_YAML}language: [de, fr]\nurl: https://blog.example\nnew_post_name: :title.md"
    },
    "Hugo": {
        "hugo.toml": 'title = "Ada\'s blog"\nbaseURL = "https://blog.example/"\nlanguageCode = "de"\n'
        'timeZone = "Europe/Vienna"\n[params]\ndescription = "Notes & more"'
    },
    "Hugo in several languages": {
        "hugo.toml": 'title = "?"\nbaseURL = "https://blog.example/"\ndefaultContentLanguage = "de"\n'
        'timeZone = "Europe/Vienna"\n[languages.de]\ntitle = "Ada\'s blog"\n'
        '[languages.de.params]\ndescription = "Notes & more"\n[languages.fr]\ntitle = "Le blog"'
    },
    "Zola": {
        "config.toml": 'title = "Ada\'s blog"\ndescription = "Notes & more"\ndefault_language = "de"\n'
        'base_url = "https://blog.example"\ntimezone = "Europe/Vienna"'
    },
    "Pelican": {
        "pelicanconf.py": 'SITENAME = "Ada\'s blog"\nSITESUBTITLE = "Notes & more"\nDEFAULT_LANG = "de"\n'
        'SITEURL = "https://blog.example"\nTIMEZONE = "Europe/Vienna"'
    },
}


@pytest.mark.parametrize("generator", SITES)
def test_the_configuration_of_a_site_describes_the_blog(tmp_path: Path, generator: str) -> None:
    write_folder(tmp_path, {**SITES[generator], "content/a.md": POST})
    assert of_kind(SourceBlog, read_markdown(tmp_path)) == [WHOLE]


def test_the_url_of_a_pelican_site_is_the_published_one(tmp_path: Path) -> None:
    files = {
        "pelicanconf.py": "SITENAME = 'A'\nSITEURL = ''",
        "publishconf.py": "from pelicanconf import *\nSITEURL = 'https://a.example'\nRELATIVE_URLS = False",
    }
    [blog] = of_kind(SourceBlog, read_markdown(write_folder(tmp_path, {**files, "content/a.md": POST})))
    assert (blog.title, blog.base_url) == ("A", "https://a.example")


def test_the_path_of_a_jekyll_site_is_part_of_its_url(tmp_path: Path) -> None:
    write_folder(tmp_path, {"_config.yml": "url: https://a.example/\nbaseurl: /blog/", "a.md": POST})
    [blog] = of_kind(SourceBlog, read_markdown(tmp_path))
    assert blog.base_url == "https://a.example/blog"


def test_the_imported_language_names_the_blog(tmp_path: Path) -> None:
    write_folder(tmp_path, {**SITES["Hugo in several languages"], "content/a.fr.md": POST})
    [blog] = of_kind(SourceBlog, read_markdown(tmp_path, language="fr"))
    assert (blog.title, blog.language) == ("Le blog", "fr")


@pytest.mark.parametrize("files", [{}, {"_config.yml": "theme: minima"}, {"hugo.toml": "baseURL = '/'"}])
def test_a_site_without_settings_leaves_the_blog_alone(tmp_path: Path, files: Mapping[str, str]) -> None:
    write_folder(tmp_path, {**files, "a.md": POST})
    assert of_kind(SourceBlog, read_markdown(tmp_path)) == []


def test_settings_of_another_type_are_ignored(tmp_path: Path) -> None:
    files = {"_config.yml": json.dumps({"title": ["a"], "url": {"a": 1}, "lang": None}), "a.md": POST}
    assert of_kind(SourceBlog, read_markdown(write_folder(tmp_path, files))) == []
