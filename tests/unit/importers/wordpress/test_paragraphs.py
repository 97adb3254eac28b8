"""Paragraphs of WordPress's classic editor."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.transfer.importers.formats.html_tokens import tokens_of
from everpost.transfer.importers.wordpress.paragraphs import with_paragraphs
from tests.growth import assert_cost_grows_no_faster_than_size


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("", ""),
        (" \n\n ", " \n\n "),
        ("One", "<p>One</p>"),
        ("One\n\nTwo", "<p>One</p>\n\n<p>Two</p>"),
        ("<br></p><br>", "\n\n"),
        ("One\n<br>Two", "<p>One</p>\n\n<p>Two</p>"),
        ("<br><p> </p><br>", "\n\n"),
        ("One<p> </p>Two", "<p>One</p> <p>Two</p>"),
        ("<div>One<br></p><br>Two</div>", "<div><p>One</p>\n\n<p>Two</p></div>"),
        ("One\r\n\r\nTwo\r\n", "<p>One</p>\n\n<p>Two</p>\n"),
        ("One\n \t\nTwo", "<p>One</p>\n \t\n<p>Two</p>"),
        ("One\n\n\n\nTwo", "<p>One</p>\n\n\n\n<p>Two</p>"),
        ("\n\nOne\n", "\n\n<p>One</p>\n"),
        ("One\nTwo", "<p>One<br />\nTwo</p>"),
        ("One  \nTwo", "<p>One<br />\nTwo</p>"),
        ("\u3000One\n\n\u3000Two\u3000", "<p>\u3000One</p>\n\n<p>\u3000Two\u3000</p>"),
        ("One\n\u3000\nTwo", "<p>One<br />\n\u3000<br />\nTwo</p>"),
        ("<p>One</p><p>\u00a0</p><p>Two</p>", "<p>One</p><p>\u00a0</p><p>Two</p>"),
        ("<p>One</p>\n\u00a0\n<p>Two</p>", "<p>One</p>\n<p>\u00a0</p>\n<p>Two</p>"),
        ("One<br>\nTwo", "<p>One<br>\nTwo</p>"),
        ("One<br />Two", "<p>One<br />Two</p>"),
        ("One<br /><br />Two", "<p>One</p>\n\n<p>Two</p>"),
        ("One<br>\n<br>Two", "<p>One</p>\n\n<p>Two</p>"),
        ("<em>One</em>\nTwo", "<p><em>One</em><br />\nTwo</p>"),
        ("<em>One\n\nTwo</em>", "<p><em>One</p>\n\n<p>Two</em></p>"),
        ('<a href="x?\n\ny">One</a>', '<p><a href="x?\n\ny">One</a></p>'),
        ('<img alt="1\n2" src="x">', '<p><img alt="1\n2" src="x"></p>'),
        ("<img src=x>\n\nOne", "<p><img src=x></p>\n\n<p>One</p>"),
        ("<iframe src=x>\n\n</iframe>\n\nOne", "<p><iframe src=x>\n\n</iframe></p>\n\n<p>One</p>"),
        ("<object><param a>\n\n<embed></object>", "<p><object><param a>\n\n<embed></object></p>"),
        ("<p>One</p>", "<p>One</p>"),
        ("<p>One</p>\n\n<p>Two</p>", "<p>One</p>\n\n<p>Two</p>"),
        ("<p> One\n</p>", "<p> One\n</p>"),
        ("<p>One\nTwo</p>", "<p>One<br />\nTwo</p>"),
        ("<p>One\n\nTwo</p>", "<p>One</p>\n\n<p>Two</p>"),
        ('<p class="a">One</p>Two', '<p class="a">One</p><p>Two</p>'),
        ('<p class="a">One\n\nTwo', '<p class="a">One</p>\n\n<p>Two</p>'),
        ("<P>One</P>", "<P>One</p>"),
        ("<p>One<p>Two", "<p>One</p><p>Two</p>"),
        ("<p>One<div>Two</div>", "<p>One</p><div>Two</div>"),
        ("<p></p>One", "<p>One</p>"),
        ("One</p>", "<p>One</p>"),
        ("<h2>Title</h2>\nOne", "<h2>Title</h2>\n<p>One</p>"),
        ("<h2>One\nTwo</h2>", "<h2>One<br />\nTwo</h2>"),
        ("One\n<h2>Title</h2>", "<p>One</p>\n<h2>Title</h2>"),
        ("<div>One</div>", "<div>One</div>"),
        ("<div>One\n\nTwo</div>", "<div><p>One</p>\n\n<p>Two</p></div>"),
        ("<div>\n\nOne\n\n</div>", "<div>\n\n<p>One</p>\n\n</div>"),
        ("<div>One</div>Two", "<div>One</div><p>Two</p>"),
        ("<blockquote>One</blockquote>", "<blockquote><p>One</p></blockquote>"),
        ("<blockquote>One\n\nTwo</blockquote>", "<blockquote><p>One</p>\n\n<p>Two</p></blockquote>"),
        ("<ul>\n<li>One</li>\n\n<li>Two</li>\n</ul>", "<ul>\n<li>One</li>\n\n<li>Two</li>\n</ul>"),
        ("<ul><li>One\n<ul><li>Two</li></ul></li></ul>", "<ul><li>One\n<ul><li>Two</li></ul></li></ul>"),
        ("<ol><li>One\n\nTwo</li></ol>", "<ol><li><p>One</p>\n\n<p>Two</p></li></ol>"),
        ("<table>\n\n<tr><td>One\n</td></tr></table>", "<table>\n\n<tr><td>One\n</td></tr></table>"),
        ("<table><tr><td>1\n2</td></tr></table>", "<table><tr><td>1<br />\n2</td></tr></table>"),
        ("<pre>One\n\nTwo\n</pre>\n\nThree", "<pre>One\n\nTwo\n</pre>\n\n<p>Three</p>"),
        ("<pre><p>\n\n</pre>", "<pre><p>\n\n</pre>"),
        ("<script>\n\nif (a < b)\n\n</script>", "<script>\n\nif (a < b)\n\n</script>"),
        ("<style>\n\na {}\n</style>\n\nOne", "<style>\n\na {}\n</style>\n\n<p>One</p>"),
        ("<hr />\nOne", "<hr />\n<p>One</p>"),
        ("<figure>\n<img src=x>\n<figcaption>One</figcaption>\n</figure>",) * 2,
        ("One\n\n<!--more-->\n\nTwo", "<p>One</p>\n\n<!--more-->\n\n<p>Two</p>"),
        ("One\n<!--more Go on-->\nTwo", "<p>One</p>\n<!--more Go on-->\n<p>Two</p>"),
        ("One\n<!--nextpage-->\nTwo", "<p>One</p>\n<!--nextpage-->\n<p>Two</p>"),
        ("<!-- a comment\n\nof mine -->\n\nOne", "<!-- a comment\n\nof mine -->\n\n<p>One</p>"),
        ("One <!-- \n\n --> Two", "<p>One <!-- \n\n --> Two</p>"),
        ("One <!-- Two\n\nThree", "<p>One <!-- Two</p>\n\n<p>Three</p>"),
        ('[gallery ids="1"]\n\nOne', '[gallery ids="1"]\n\n<p>One</p>'),
        ("[box]\n\nOne\n\n[/box]", "[box]\n\n<p>One</p>\n\n[/box]"),
        ('[video src="a"][/video]', '[video src="a"][/video]'),
        ("[note]One <b>two</b>[/note]", "[note]One <b>two</b>[/note]"),
        ("One [gallery] two", "<p>One [gallery] two</p>"),
        ("[Update: two]\n\nOne", "<p>[Update: two]</p>\n\n<p>One</p>"),
        ("1 < 2\n\n3 > 2", "<p>1 < 2</p>\n\n<p>3 > 2</p>"),
        ("One <3\n\nTwo", "<p>One <3</p>\n\n<p>Two</p>"),
        ('One <a "\n\nTwo', '<p>One <a "</p>\n\n<p>Two</p>'),
        ("<span></span>\n\nOne", "<span></span>\n\n<p>One</p>"),
        ("<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->\n\nTwo\nThree",) * 2,
    ],
)
def test_paragraphs_are_as_wordpress_displays_them(html: str, shown: str) -> None:
    assert with_paragraphs(html) == shown
    assert with_paragraphs(shown) == shown


PARTS = st.sampled_from(
    [
        "a",
        "b",
        "<p>",
        "</p>",
        "<br>",
        "<b>",
        "</b>",
        "<div>",
        "</div>",
        "<li>",
        "<ul>",
        "</ul>",
        "<blockquote>",
        "</blockquote>",
        "<pre>",
        "</pre>",
        "<!--more-->",
        "<!-- ",
        "-->",
        "[a]",
        "<img>",
        "<h2>",
        "</h2>",
        "<script>",
        "</script>",
        "<",
        ">",
        '"',
        "<td>",
        "</li>",
        "<p class='b'>",
        "<hr/>",
        " ",
        "\n",
        "\n\n",
    ]
)


@given(st.lists(PARTS, max_size=30).map("".join))
def test_marking_up_paragraphs_is_idempotent_and_loses_nothing(html: str) -> None:
    made = with_paragraphs(html)
    assert with_paragraphs(made) == made
    without = re.compile(r"\s|</?p[^>]*>|<br ?/?>")
    assert without.sub("", made) == without.sub("", html)


@given(st.text(st.sampled_from("<>/!-\"'= \nabp")) | st.lists(PARTS).map("".join))
def test_tokens_cover_the_whole_text(html: str) -> None:
    assert "".join(token.text for token in tokens_of(html)) == html


@pytest.mark.parametrize(
    "part",
    [
        "<",
        "<!--",
        '<a "',
        "<a '",
        "<a",
        "<div>",
        "</div>",
        "<p>",
        "<br>",
        " ",
        "\n",
        "<pre>",
        "<b>\n",
        "[a]",
        "[a ",
        "<!---->",
        "<script",
        "a\n\n",
        "<blockquote>a",
        "<svg>",
        "<li>a",
        '<a b="',
        "<div></p>",
        "<p><div></h2>",
    ],
)
def test_marking_up_paragraphs_takes_linear_time(part: str) -> None:
    assert_cost_grows_no_faster_than_size(lambda n: part * n, with_paragraphs, most=8_000)
