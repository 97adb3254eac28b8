"""The rules for the settings of a blog."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from everpost.domain.blog import (
    MAX_TIME_ZONE,
    Blog,
    NavigationLink,
    checked_base_url,
    checked_language,
    checked_navigation,
    checked_time_zone,
)
from everpost.domain.comments import CommentPolicy
from everpost.errors import Invalid


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("pt-br", "pt-BR"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("SL-ROZAJ-BISKE-1994", "sl-rozaj-biske-1994"),
        ("de-ch-X-PHONEBK-AB", "de-CH-x-phonebk-ab"),
        ("en-A-BB-cccc-u-CO-phonebk", "en-a-bb-cccc-u-co-phonebk"),
        ("x-WHATEVER", "x-whatever"),
        ("zh-cmn-hans-cn", "zh-cmn-Hans-CN"),
    ],
)
def test_a_language_tag_is_kept_in_its_canonical_case(sent: str, kept: str) -> None:
    assert checked_language(sent) == kept
    assert checked_language(kept) == kept


@pytest.mark.parametrize(
    "tag",
    ["", "e", "en_US", "en-", "-en", "english language", "de-419-DE", "a-DE", "en-x", "en-a", "ён", "en\n"],
)
def test_other_text_is_not_a_language_tag(tag: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_language(tag)
    assert refused.value.field == "language"


def test_a_long_language_tag_is_refused() -> None:
    with pytest.raises(Invalid):
        checked_language("en-x-" + "-".join(["abcdefgh"] * 4))


def test_every_time_zone_of_the_database_is_known() -> None:
    for name in available_timezones() - {"localtime", "Factory"}:
        assert len(name) <= MAX_TIME_ZONE
        assert ZoneInfo(checked_time_zone(name)).key == name


def test_a_blog_has_the_zone_of_its_name() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    blog = Blog(
        comment_policy=CommentPolicy.OPEN,
        time_zone="Asia/Tokyo",
        updated_at=moment,
        version=1,
        address_key=bytes(32),
    )
    assert moment.astimezone(blog.zone).utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize(
    "name",
    ["", "Berlin", "europe/berlin", "Mars/Olympus", "../UTC", "/etc/localtime", "localtime", "America", "\0"],
)
def test_other_text_is_not_a_time_zone(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_time_zone(name)
    assert refused.value.field == "time_zone"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://blog.example", "https://blog.example"),
        ("HTTP://Blog.Example:8000/~Ann/Blog", "http://blog.example:8000/~Ann/Blog"),
        ("http://localhost", "http://localhost"),
        ("http://192.0.2.1/a.b", "http://192.0.2.1/a.b"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]:80/a"),
        ("https://blog.example/%c3%a9", "https://blog.example/%c3%a9"),
    ],
)
def test_a_base_url_is_kept_with_its_origin_in_lower_case(sent: str, kept: str) -> None:
    assert checked_base_url(sent) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "blog.example",
        "//blog.example",
        "ftp://blog.example",
        "https://",
        "https:///a",
        "https://blog.example/",
        "https://blog.example/a/",
        "https://blog.example//a",
        "https://blog.example/../a",
        "https://blog.example/.",
        "https://blog.example?a",
        "https://blog.example#a",
        "https://ann@blog.example",
        "https://blog.example:70000",
        "https://blog.example:",
        "https://blög.example",
        "https://blog.example/é",
        "https://blog.example/a b",
        "https://blog.example\n",
        "https://blog.example/%",
        "javascript:alert(1)",
        "https://blog.example/" + "a" * 250,
    ],
)
def test_other_text_is_not_a_base_url(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_base_url(url)
    assert refused.value.field == "base_url"


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/about",
        "/a?b=c#d",
        "http://blog.example",
        "HTTPS://blog.example/é",
        "mailto:ann@blog.example",
        "mailto:ann@blog.example?subject=Hello",
    ],
)
def test_a_navigation_links_to_urls_and_paths(url: str) -> None:
    assert checked_navigation([NavigationLink(" About ", url)]) == (NavigationLink("About", url),)


@pytest.mark.parametrize("url", ["mailto:", "mailto:ann", "MAILTO:ann?subject=Hello"])
def test_an_email_address_without_an_at_sign_is_named_as_the_reason(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_navigation([NavigationLink("Mail", url)])
    assert (refused.value.field, refused.value.reason) == (
        "navigation.0.url",
        "should have an email address after mailto:, such as mailto:ann@blog.example",
    )


@pytest.mark.parametrize(
    "url",
    [
        "",
        "about",
        "#top",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "\x01javascript:alert(1)",
        "javascript:alert(1)",
        "JavaScript://blog.example/%0aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "ftp://blog.example",
        "https:blog.example",
        "https:/blog.example",
        "https://",
        "https://[",
        "https://blog.example:99999",
        "https://a b",
        " https://blog.example",
        "mailto:",
        "mailto:ann",
        "mailto://ann@blog.example",
        "/" + "a" * 2_000,
    ],
)
def test_a_navigation_links_to_nothing_else(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_navigation([NavigationLink("About", "/about"), NavigationLink("Bad", url)])
    assert refused.value.field == "navigation.1.url"


@pytest.mark.parametrize("label", ["", " ", "a" * 101])
def test_a_navigation_link_needs_a_label(label: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_navigation([NavigationLink(label, "/about")])
    assert refused.value.field == "navigation.0.label"


def test_a_navigation_has_at_most_20_links() -> None:
    links = [NavigationLink("About", "/about")] * 20
    assert len(checked_navigation(links)) == 20
    with pytest.raises(Invalid):
        checked_navigation([*links, links[0]])
