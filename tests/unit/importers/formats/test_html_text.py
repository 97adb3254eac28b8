"""Comments in HTML, as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.transfer.importers.formats.html_text import text_of_html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"),
        ("One\n   <span>two</span>&amp;&lt;b&gt; &nbsp;", "One two&<b> \u00a0".rstrip()),
        ("", ""),
        ("a < b && c > d", "a < b && c > d"),
    ],
)
def test_paragraphs_become_lines(html: str, text: str) -> None:
    assert text_of_html(html) == (text, "")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://a.example/b">words</a>', "[words](https://a.example/b)"),
        ('<a href="https://a.example/b">https://a.example/b</a>', "https://a.example/b"),
        ('<a href="https://a.example/b/c">https://a.example/b...</a>', "https://a.example/b/c"),
        ('<a href="https://a.example/b/c">a.example/…</a>', "https://a.example/b/c"),
        ('<a href="https://a.example/"></a>', "https://a.example/"),
        ('<a href="https://a.example/">open', "[open](https://a.example/)"),
        ("<a>words</a>", "words"),
        ("<b>bold</b> and <em>slanted</em> and <code>code</code>", "**bold** and *slanted* and `code`"),
        ("<p>A</p><blockquote><p>B</p><p>C</p></blockquote>D", "A\n\n> B\n>\n> C\n\nD"),
        ("<pre><code>a  b\n  c</code></pre>", "```\na  b\n  c\n```"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ('a <img src="https://a.example/c.png" alt="cat">', "a cat https://a.example/c.png"),
        ("a<script>alert(1)</script>b", "ab"),
    ],
)
def test_markup_becomes_markdown(html: str, text: str) -> None:
    assert text_of_html(html) == (text, "its HTML became text")


@given(st.text(st.sampled_from("<>/!-[]&;abp ='\"\n?CDATA")) | st.text())
def test_no_text_raises(html: str) -> None:
    text_of_html(html)
    text_of_html(f"<![{html}")
    text_of_html(f"<blockquote><a href='x'>{html}<pre>")
