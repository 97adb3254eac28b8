"""WordPress's export as an XML viewer saves it: with white space around every value."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from everpost.domain.posts import PostStatus
from everpost.transfer.importers.model import Item, SourceAuthor, SourcePost
from everpost.transfer.importers.wordpress.reader import read_wordpress, wordpress_site
from tests.unit.importers.exports import of_kind, only_post, wxr, wxr_author, wxr_comment, wxr_item, wxr_term

_SECTION = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
VIEWERS: dict[str, Callable[[str], str]] = {
    "browser": lambda export: _SECTION.sub(r"\n<![CDATA[ \1 ]]>\n", export),
    "indented": lambda export: _SECTION.sub(lambda found: f"\n\t\t{html.escape(found[1])}\n\t", export),
    "blank": lambda export: _SECTION.sub(r" <![CDATA[\1]]> ", export),
    "tabs": lambda export: _SECTION.sub(r"<![CDATA[\t\1\t]]>", export),
}
Read = Callable[[str], Iterator[Item]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a file."""

    def read(export: str) -> Iterator[Item]:
        path = tmp_path / "export.xml"
        path.write_text(export, encoding="utf-8")
        return read_wordpress(path, pages=False)

    return read


WHOLE = wxr(
    wxr_author("Ada", id=1, name="Ada L."),
    wxr_item(
        7,
        wxr_comment(
            1, wp_comment_type="comment", wp_comment_user_id="1", wp_comment_date="2024-06-06 12:00:00"
        ),
        wxr_comment(2, parent=1, wp_comment_author_email="guest@example.org"),
        wxr_comment(3, parent=2, wp_comment_approved="0"),
        wxr_comment(4, wp_comment_approved="trash"),
        wxr_comment(5, wp_comment_approved="spam", wp_comment_author="Bob &amp; Eve"),
        wxr_comment(6, wp_comment_type="pingback"),
        wxr_term("News"),
        wxr_term("Old", "post_tag"),
        wp_post_name="a-%d0%bf",
        wp_comment_status="closed",
        wp_post_modified_gmt="2024-07-01 00:00:00",
        wp_post_password="",
        wp_is_sticky="1",
        excerpt_encoded="In short",
        dc_creator="ada",
    ),
    wxr_item(8, wp_status="draft", wp_post_date_gmt="0000-00-00 00:00:00"),
    wxr_item(9, wp_status="private"),
    wxr_item(10, wp_status="publish", wp_post_password="enter"),
    wxr_item(11, wp_status="trash"),
    wxr_item(12, wp_post_type="page"),
    wxr_item(13, wp_post_type="attachment", wp_status="inherit"),
)


@pytest.mark.parametrize("viewer", VIEWERS)
def test_white_space_around_values_is_ignored(read: Read, tmp_path: Path, viewer: str) -> None:
    meant = list(read(WHOLE))
    assert [post.status for post in of_kind(SourcePost, meant)] == [
        PostStatus.PUBLISHED,
        *[PostStatus.DRAFT] * 3,
    ]
    assert list(read(VIEWERS[viewer](WHOLE))) == meant
    assert wordpress_site(tmp_path / "export.xml") == "https://blog.example"


def test_contents_otherwise_keep_their_white_space(read: Read) -> None:
    content = "  <pre>a</pre>\n"
    item = wxr_item(7, wxr_comment(wp_comment_content="  a\n"), content_encoded=content)
    post = only_post(read(wxr(item)))
    assert (post.content, post.comments[0].content) == (content, "  a\n")


def test_a_password_of_white_space_is_a_password(read: Read) -> None:
    assert only_post(read(wxr(wxr_item(wp_post_password=" ")))).status is PostStatus.DRAFT


def test_terms_with_white_space_in_their_attributes_are_read(read: Read) -> None:
    item = wxr_item(7, wxr_term("News", " category "), wxr_term("Old", "\npost_tag\n"))
    assert only_post(read(wxr(item))).tags == ("News", "Old")


@pytest.mark.parametrize(("login", "name"), [("ada", "ada"), ("ada@example.org", "ada")])
def test_an_email_address_as_login_does_not_become_a_public_name(read: Read, login: str, name: str) -> None:
    said = wxr_author(login, name="", email="")
    declared, met = of_kind(SourceAuthor, [*read(wxr(said)), *read(wxr(wxr_item(dc_creator=login)))])
    assert declared == met == replace(met, name=name)
