"""What comments become."""

import pytest

from everpost.markup.rendering import render_comment


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("*a*\nb", "<p><em>a</em><br>\nb</p>\n"),
        ("# not a heading", "<p># not a heading</p>\n"),
        ("not a heading\n---", "<p>not a heading</p>\n<hr>\n"),
        ("<b>as typed</b>", "<p>&lt;b&gt;as typed&lt;/b&gt;</p>\n"),
        ("[a](http://b.example)", '<p><a href="http://b.example" rel="nofollow ugc">a</a></p>\n'),
        ("http://b.example", '<p><a href="http://b.example" rel="nofollow ugc">http://b.example</a></p>\n'),
        ("![cat](/c.png)", '<p><a href="/c.png" rel="nofollow ugc">cat</a></p>\n'),
        ("![](/c.png)", '<p><a href="/c.png" rel="nofollow ugc">/c.png</a></p>\n'),
        ("$x^2$", "<p>$x^2$</p>\n"),
        ("```math\nx\n```", '<pre tabindex="0"><code class="language-math">x\n</code></pre>\n'),
        ("a[^1]\n\n[^1]: two words", "<p>a[^1]</p>\n<p>[^1]: two words</p>\n"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>\n"),
    ],
)
def test_markdown_of_comments(content: str, expected: str) -> None:
    assert render_comment(content).html == expected


def test_addresses_become_absolute_on_request() -> None:
    shown = render_comment("[a](b)", base_url="https://blog.example/post")
    assert shown.html == '<p><a href="https://blog.example/b" rel="nofollow ugc">a</a></p>\n'
