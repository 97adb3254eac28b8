"""Stable ids, and normalized values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.comments import MAX_COMMENT
from everpost.domain.posts import MAX_CONTENT, MAX_SLUG, PostFormat
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.pipeline.normalization import UNTITLED, Normalizer, email_of
from everpost.transfer.importers.pipeline.stable_ids import SourceSite, is_same_identity, site_key

MOMENT = datetime(2024, 2, 29, 12, 30, 15, 123_000, tzinfo=UTC)
ORIGIN = SourceSite("wordpress", "https://blog.example")


def test_an_id_starts_with_the_seconds_of_its_date() -> None:
    # Ids that were given stay: change nothing here without a way for blogs that have imported.
    assert ORIGIN.stable_id("post", "7", MOMENT) == "65e078d736a0193f33ce17f8"
    assert ORIGIN.stable_id("post", "7", MOMENT).startswith(f"{int(MOMENT.timestamp()):08x}")


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [(EARLIEST, "00000000"), (LATEST, "ffffffff"), (datetime(1969, 12, 31, tzinfo=UTC), "00000000")],
)
def test_a_date_outside_the_range_of_ids_is_clamped(moment: datetime, seconds: str) -> None:
    assert ORIGIN.stable_id("post", "7", moment)[:8] == seconds


def test_different_identities_have_different_ids() -> None:
    ids = {
        origin.stable_id(kind, source_id, MOMENT)
        for origin in (
            ORIGIN,
            SourceSite("ghost", ORIGIN.site),
            SourceSite("wordpress", "https://other.example"),
        )
        for kind in ("post", "comment")
        for source_id in ("7", "77", "7\x00", "\ud800", "")
    }
    assert len(ids) == 3 * 2 * 5


def test_an_item_with_a_new_date_has_the_same_identity() -> None:
    one, later = ORIGIN.stable_id("post", "7", MOMENT), ORIGIN.stable_id("post", "7", LATEST)
    assert one != later
    assert is_same_identity(one, later)
    assert not is_same_identity(one, ORIGIN.stable_id("post", "8", MOMENT))


@pytest.mark.parametrize(
    "site",
    ["https://Blog.example", "http://blog.example/", "//blog.example", " https://blog.example "],
)
def test_spellings_of_a_site_url_are_equivalent(site: str) -> None:
    assert site_key(site) == "blog.example"


def test_sites_on_the_same_host_are_different() -> None:
    assert site_key("https://a.example/One/") == "a.example/One"
    assert site_key("http://[") == "http://["


@pytest.mark.parametrize(
    ("title", "fitted", "is_changed"),
    [
        ("Title", "Title", False),
        (" A\n title ", "A title", False),
        ("", UNTITLED, True),
        (" \x00", UNTITLED, True),
        ("a\x00\ud800b", "ab", True),
        ("a" * 255, "a" * 255, False),
        ("a" * 256, "a" * 255, True),
    ],
)
def test_a_title_is_normalized(title: str, fitted: str, *, is_changed: bool) -> None:
    changes = Normalizer()
    assert changes.title(title) == fitted
    assert bool(changes) is is_changed


@pytest.mark.parametrize(
    ("name", "fitted", "is_changed"),
    [
        (" Ada\n", "Ada", False),
        ("", "", False),
        (" \u200b", "", True),
        ("A\x00da", "Ada", True),
        ("Ada\nL.", "Ada L.", True),
        ("a" * 100, "a" * 100, False),
        ("a" * 101, "a" * 100, True),
        ("a" * 98 + "\u2764\u200d\u2764", "a" * 98 + "\u2764", True),
    ],
)
def test_a_name_is_normalized(name: str, fitted: str, *, is_changed: bool) -> None:
    changes = Normalizer()
    assert changes.name(name, 100) == fitted
    assert bool(changes) is is_changed


def test_changes_to_a_name_are_described() -> None:
    changes = Normalizer()
    assert changes.name("a" * 5_000, 100) == "a" * 100
    assert str(changes) == "the name was cut after 100 characters"
    changes = Normalizer()
    assert changes.name("\u202eAda\u200b", 100) == "Ada"
    assert str(changes) == "unreadable characters were removed from the name '\\u202eAda\\u200b'"


def test_content_that_is_too_long_is_cut() -> None:
    changes = Normalizer()
    assert changes.content("a" * (MAX_CONTENT + 1), PostFormat.MARKDOWN) == "a" * MAX_CONTENT
    assert str(changes) == "the content was cut after 1,000,000 characters: the last 1 are left out"


def test_html_is_not_cut_inside_a_tag() -> None:
    html = "a" * (MAX_CONTENT - 5) + '<img src="b">'
    assert Normalizer().content(html, PostFormat.HTML) == "a" * (MAX_CONTENT - 5)
    html = "a <img alt='" + "b" * MAX_CONTENT + "'>"
    assert Normalizer().content(html, PostFormat.HTML) == "a "
    assert Normalizer().content("<b>" + "a" * MAX_CONTENT, PostFormat.HTML).endswith("a")
    assert len(Normalizer().content("1 < " + "2" * MAX_CONTENT, PostFormat.HTML)) == MAX_CONTENT


LONG = "data:image/png;base64," + "iVBORw0K" * 150_000


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f'<p>A</p><img alt="b" src="{LONG}"><p>C</p>', '<p>A</p><img alt="b" src=""><p>C</p>'),
        (f"<img src='{LONG}'>C", '<img src="">C'),
        (f"<img src={LONG}>C", "<img src=>C"),
        (f'<img src="{LONG[:500_000]}\n{LONG[:600_000]}">C', '<img src="">C'),
        (f"""<img src="data:image/svg+xml;utf8,<svg a='{"x" * MAX_CONTENT}'/>">C""", '<img src="">C'),
        (f"<p style='background: url({LONG})'>C", "<p style='background: url()'>C"),
        (f"A ![b]({LONG}) C", "A ![b]() C"),
        (f"A ![b][1]\n\n[1]: {LONG}\nC", "A ![b][1]\n\n[1]: \nC"),
        (f'<img src="DATA:image/png,{LONG}">C', '<img src="">C'),
        (f'<p style="a: url(&quot;{LONG}&quot;)">C', '<p style="a: url(&quot;&quot;)">C'),
        (f"<p style='a: url(&#39;{LONG}&#39;)'>C", "<p style='a: url(&#39;&#39;)'>C"),
        (f'<a href="data:,{"x" * MAX_CONTENT}">C', '<a href="">C'),
        (f'<img src="data:image/svg+xml;charset=utf-8,{"x " * (MAX_CONTENT // 2)}">C', '<img src="">C'),
        (f"![a](data:image/gif;base64,R0lGOD) ![b]({LONG})", "![a](data:image/gif;base64,R0lGOD) ![b]()"),
    ],
)
@pytest.mark.parametrize("format", PostFormat)
def test_embedded_files_are_removed_from_long_content(text: str, kept: str, format: PostFormat) -> None:
    changes = Normalizer()
    assert changes.content(text, format) == kept
    assert str(changes).startswith("it was too long: 1 embedded file of 1,")
    assert str(changes).endswith(" characters (data URLs) left out")


def test_text_is_not_mistaken_for_embedded_files() -> None:
    text = 'It is called "data: ' + "a, " * MAX_CONTENT + '"'
    assert Normalizer().content(text, PostFormat.HTML) == text[:MAX_CONTENT]


def test_a_comment_loses_embedded_files_before_it_is_cut() -> None:
    changes = Normalizer()
    assert changes.comment(f"A ![b]({LONG}) C") == "A ![b]() C"
    assert str(changes).startswith("it was too long: 1 embedded file of 1,")
    assert len(changes.comment("a" * (MAX_COMMENT + 1))) == MAX_COMMENT


def test_a_comment_in_html_keeps_the_text_after_an_embedded_file() -> None:
    text, change = text_of_html(f'<p>A</p><img alt="b" src="{LONG}"><p>C</p>')
    assert text == "A\n\nb\n\nC"
    assert change == "its HTML became text, without the files embedded in it (data URLs)"


def test_embedded_files_within_the_limit_are_kept() -> None:
    text = f'<img src="{LONG[:900_000]}">'
    changes = Normalizer()
    assert changes.content(text, PostFormat.HTML) == text
    assert not changes


def test_content_still_too_long_without_files_is_cut() -> None:
    changes = Normalizer()
    text = f'<img src="{LONG}">' * 2 + "a" * MAX_CONTENT
    assert changes.content(text, PostFormat.HTML) == '<img src="">' * 2 + "a" * (MAX_CONTENT - 24)
    assert str(changes) == (
        "it was too long: 2 embedded files of 2,400,044 characters (data URLs) left out; "
        "the content was cut after 1,000,000 characters: the last 24 are left out"
    )


def test_tags_are_normalized() -> None:
    changes = Normalizer()
    assert changes.tags([" a ", "a", "", "b" * 51]) == ("a", "b" * 50)
    assert str(changes) == "the tag 'bbbbbbbbbbbbbbbbbbbb'… was cut after 50 characters"
    changes = Normalizer()
    assert changes.tags([str(number) for number in range(22)]) == tuple(map(str, range(20)))
    assert str(changes) == "tags beyond the first 20 were left out: '20', '21'"
    changes = Normalizer()
    assert changes.tags([".", "..", "..."]) == ("...",)
    assert str(changes) == "the tag '.' was left out; the tag '..' was left out"


@pytest.mark.parametrize(
    ("wanted", "fitted", "is_changed"),
    [
        ("a-slug", "a-slug", False),
        (None, "the-title", False),
        ("", "the-title", False),
        ("My_Slug", "my-slug", True),
        ("///", "the-title", True),
        ("a" * 300, "a" * (MAX_SLUG - 8), True),
    ],
)
def test_a_slug_is_normalized(wanted: str | None, fitted: str, *, is_changed: bool) -> None:
    changes = Normalizer()
    assert changes.slug(wanted, "The title") == fitted
    assert bool(changes) is is_changed


@pytest.mark.parametrize(
    ("moment", "fitted"),
    [
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), EARLIEST),
        (datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=1))), LATEST),
        (MOMENT + timedelta(microseconds=999), MOMENT),
    ],
)
def test_a_date_is_normalized(moment: datetime, fitted: datetime) -> None:
    assert Normalizer().date(moment) == fitted


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("ada@example.org", "ada@example.org"),
        (" ada@example.org ", "ada@example.org"),
        (None, None),
        ("ada", None),
        ("a\x00@example.org", None),
        ("a@" + "b" * 300, None),
    ],
)
def test_only_a_valid_email_address_is_kept(text: str | None, email: str | None) -> None:
    assert email_of(text) == email
