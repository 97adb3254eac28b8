"""A malformed date never aborts an import: its valid part is used, and it is reported."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from everpost.transfer.importers.formats.time_zones import zone_named
from everpost.transfer.importers.markdown.posts import UNDATED
from everpost.transfer.importers.markdown.reader import read_markdown
from everpost.transfer.importers.model import Note, SourcePost
from tests.unit.importers.markdown.folders import only_post, posts_of, write_folder

PUBLISHED = [
    "published_at",
    "publish_date",
    "publishedDate",
    "pubDatetime",
    "pub_date",
    "datePublished",
    "date_published",
    "published_on",
    "published-at",
    "posted",
    "postDate",
    "created",
    "created_at",
    "createdAt",
    "dateCreated",
]
UPDATED = [
    "lastmod",
    "last_modified_at",
    "updated_at",
    "updatedDate",
    "updatedAt",
    "modDatetime",
    "dateUpdated",
    "last_updated",
    "lastUpdated",
    "lastModified",
    "dateModified",
]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_date_has_many_names(tmp_path: Path, name: str) -> None:
    post = only_post(tmp_path, "posts/a.md", f"---\ntitle: A\n{name}: 2024-01-31T10:00:00Z\n---\nText")
    assert (post.publication_date, post.status) == (datetime(2024, 1, 31, 10, tzinfo=UTC), "published")
    assert post.changes == ()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_field_date_takes_precedence(tmp_path: Path, name: str) -> None:
    post = only_post(tmp_path, "a.md", f"---\n{name}: 2024-01-31\ntitle: A\ndate: 2023-01-01\n---\nText")
    assert post.publication_date == datetime(2023, 1, 1, tzinfo=UTC)
    assert post.changes == (f"its {name.lower()} 2024-01-31 was dropped",)


@pytest.mark.parametrize("name", UPDATED)
def test_an_update_has_many_names(tmp_path: Path, name: str) -> None:
    post = only_post(tmp_path, "a.md", f"---\ntitle: A\ndate: 2024-01-01\n{name}: 2024-01-31\n---\nText")
    assert (post.updated_at, post.changes) == (datetime(2024, 1, 31, tzinfo=UTC), ())


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2015-11-15 15.45", (2015, 11, 15, 15, 45)),
        ("2019-04-12 17:31:22:02", (2019, 4, 12, 17, 31, 22)),
        ("2019-04-12T17:31:22:02", (2019, 4, 12, 17, 31, 22)),
        ("2019-04-12 17.31 +0100", (2019, 4, 12, 16, 31)),
        ("2019-04-12 5.31 pm", (2019, 4, 12, 17, 31)),
        ("2019-04-12 25:00", (2019, 4, 12)),
        ("2019-04-12 10:61", (2019, 4, 12)),
        ("2019-04-12 around noon", (2019, 4, 12)),
        ("2019-04-12 - draft", (2019, 4, 12)),
        ("posted 2019-04-12", (2019, 4, 12)),
        ("2019年4月12日", (2019, 4, 12)),
        ("2019年4月12日 15:30", (2019, 4, 12, 15, 30)),
        ("2019년 4월 12일", (2019, 4, 12)),
        ("April 12, 2019 at noon", (2019, 4, 12)),
        ("31/04/2019 10:00", None),
        ("2019-02-30", None),
        ("12/04/2019", None),
        ("{{ git }}", None),
        ("tomorrow", None),
        ("12", None),
        ("2019", None),
        ("9" * 300, None),
    ],
)
def test_the_valid_part_of_a_date_is_read(
    tmp_path: Path, written: str, moment: tuple[int, ...] | None
) -> None:
    post = only_post(tmp_path, "a.md", f"---\ntitle: A\ndate: '{written}'\n---\nText")
    assert post.publication_date == (datetime(*moment, tzinfo=UTC) if moment else UNDATED)  # type: ignore[arg-type,misc]
    assert post.status is (PostStatus.PUBLISHED if moment else PostStatus.DRAFT)
    taken, *_ = post.changes
    assert taken.startswith(
        f"its date {written!r} was read as" if moment else "its date is not a date (line 3)"
    )


@pytest.mark.parametrize("written", ["{{ git }}", "2019-02-30", "tomorrow", "12/05/2019"])
def test_the_date_of_the_name_replaces_an_invalid_one(tmp_path: Path, written: str) -> None:
    post = only_post(tmp_path, "2019-04-12-a.md", f"---\ntitle: A\ndate: '{written}'\n---\nText")
    assert (post.publication_date, post.status) == (datetime(2019, 4, 12, tzinfo=UTC), "published")
    assert post.changes == (f"its date is not a date (line 3): {written!r}",)


@pytest.mark.parametrize(
    ("name", "place", "written", "day"),
    [
        ("_config.yml", "_posts/2019-01-01-a.md", "12/04/2019", (4, 12)),
        ("_config.yml", "_posts/2019-12-04-a.md", "12/04/2019", (12, 4)),
        ("_config.yml", "_posts/2019-01-01-a.md", "12.04.2019", (4, 12)),
        ("_config.yml", "_posts/2019-01-01-a.md", "04/13/2019", (4, 13)),
        ("pelicanconf.py", "content/a.md", "12/04/2019 10:00", (12, 4)),
        ("hugo.toml", "content/2019-04-12-a.md", "12/04/2019", (4, 12)),
        ("hugo.toml", "content/2019-12-04-a.md", "12/04/2019", (12, 4)),
    ],
)
def test_an_ambiguous_date_is_read_as_its_generator_does(
    tmp_path: Path, name: str, place: str, written: str, day: tuple[int, int]
) -> None:
    site = {name: "", place: f"---\ntitle: A\ndate: {written}\n---\nText"}
    [post] = posts_of(write_folder(tmp_path, site))
    assert (post.publication_date.month, post.publication_date.day) == day


@pytest.mark.parametrize(
    "front_matter",
    [
        "---\ntitle: A\ndate: 2019-04-12\nupdated: soon\n---\n",
        "+++\ntitle = 'A'\ndate = 2019-04-12\nlastmod = 12\n+++\n",
        "+++\ntitle = 'A'\ndate = 2019-04-12\nlastmod = 2019-02-30\n+++\n",
        "Title: A\nDate: 2019-04-12\nModified: soon\n\n",
    ],
)
def test_an_invalid_date_of_update_is_reported(tmp_path: Path, front_matter: str) -> None:
    post = only_post(tmp_path, "a.md", f"{front_matter}Text")
    assert (post.updated_at, post.status) == (None, "published")
    [change] = post.changes
    assert "is not a date" in change


@pytest.mark.parametrize(
    ("date", "place", "hour"),
    [
        ("2024-07-31 10:00:00", "_posts/2024-07-31-a.md", 10),
        ("2024-07-31T10:00:00", "_posts/2024-07-31-a.md", 10),
        ("2024-7-31 10:00:00.5", "_posts/2024-07-31-a.md", 10),
        ("'2024-07-31 10:00:00'", "_posts/2024-07-31-a.md", 8),
        ("2024-07-31 10:00", "_posts/2024-07-31-a.md", 8),
        ("2024-07-31 10:00:00 +0100", "_posts/2024-07-31-a.md", 9),
        ("2024-07-31", "_posts/2024-07-31-a.md", 22),
        ("", "_posts/2024-07-31-a.md", 22),
    ],
)
def test_times_with_seconds_are_utc_in_jekyll(tmp_path: Path, date: str, place: str, hour: int) -> None:
    """Ruby's YAML parses them as UTC; dates that it keeps as text are in the time zone of the site."""
    site = {"_config.yml": "timezone: Europe/Berlin", place: f"---\ntitle: A\ndate: {date}\n---\nText"}
    [post] = posts_of(write_folder(tmp_path, site))
    assert post.publication_date.astimezone(UTC).hour == hour


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("_config.yml", "timezone: Europe/Berlin\nnew_post_name: a", "source/_posts/a.md"),
        ("hugo.toml", "timeZone = 'Europe/Berlin'", "content/a.md"),
        ("pelicanconf.py", "TIMEZONE = 'Europe/Berlin'", "content/a.md"),
    ],
)
def test_times_with_seconds_are_local_in_other_generators(
    tmp_path: Path, name: str, text: str, place: str
) -> None:
    site = {name: text, place: "---\ntitle: A\ndate: 2024-07-31 10:00:00\n---\nText"}
    [post] = posts_of(write_folder(tmp_path, site))
    assert post.publication_date.astimezone(UTC).hour == 8


def test_a_requested_time_zone_applies_to_all_times(tmp_path: Path) -> None:
    site = {"_config.yml": "", "_posts/2024-07-31-a.md": "---\ndate: 2024-07-31 10:00:00\n---\nText"}
    items = read_markdown(write_folder(tmp_path, site), timezone=zone_named("Europe/Berlin"))
    [post] = [item for item in items if isinstance(item, SourcePost)]
    assert post.publication_date.astimezone(UTC).hour == 8


@pytest.mark.parametrize("zone", ["", "America/San_Francisco", "Europe", "2", "[a]", "../zone", '"\\0"'])
def test_an_unknown_time_zone_is_read_as_utc(tmp_path: Path, zone: str) -> None:
    site = {"_config.yml": f"timezone: {zone}", "_posts/2024-07-31-a.md": "---\ntitle: A\n---\nText"}
    items = list(read_markdown(write_folder(tmp_path, site)))
    [post] = [item for item in items if isinstance(item, SourcePost)]
    assert post.publication_date == datetime(2024, 7, 31, tzinfo=UTC)
    assert any("UTC" in item.reason for item in items if isinstance(item, Note))
