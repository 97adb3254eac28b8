"""Paragraphs as WordPress makes them of empty lines."""

import time

import pytest

from everpost.transfer.elsewhere.html_tokens import tokens
from everpost.transfer.elsewhere.paragraphs import add_paragraphs

CASES = {
    # Text.
    "": "",
    " \n\n ": " \n\n ",
    "a": "<p>a</p>",
    "  a  ": "<p>a</p>",
    "a\n\nb": "<p>a</p>\n<p>b</p>",
    "a\r\n\r\nb": "<p>a</p>\n<p>b</p>",
    "a\r\rb": "<p>a</p>\n<p>b</p>",
    "a\n \t\nb": "<p>a</p>\n<p>b</p>",
    "a\n\n\n\n\nb": "<p>a</p>\n<p>b</p>",
    "a\nb": "<p>a<br />\nb</p>",
    "a \n b": "<p>a<br />\nb</p>",
    "a < b\n\nc & d": "<p>a < b</p>\n<p>c & d</p>",
    "a <\n\n> b": "<p>a <</p>\n<p>> b</p>",
    # Line breaks that are there.
    "a<br>b": "<p>a<br>b</p>",
    "a<br>\nb": "<p>a<br>\nb</p>",
    "a<br />\n\nb": "<p>a<br /></p>\n<p>b</p>",
    "a<br><br>b": "<p>a</p>\n<p>b</p>",
    "a<BR/>\n<br />b": "<p>a</p>\n<p>b</p>",
    # Inline elements.
    'a <b>x</b>\n<img src="y">\n\nz': '<p>a <b>x</b><br />\n<img src="y"></p>\n<p>z</p>',
    "<em>a\n\nb</em>": "<p><em>a</em></p>\n<p><em>b</em></p>",
    '<a href="u">a\n\nb</a>': '<p><a href="u">a</a></p>\n<p><a href="u">b</a></p>',
    "<a href='x>y'>q</a>\n\nw": "<p><a href='x>y'>q</a></p>\n<p>w</p>",
    '<img\nsrc="a"\n\nalt="b">': '<p><img\nsrc="a"\n\nalt="b"></p>',
    '<iframe src="u"></iframe>\n\nb': '<p><iframe src="u"></iframe></p>\n<p>b</p>',
    "<object>\n<param>\n\n</object>": "<p><object>\n<param>\n\n</object></p>",
    # Blocks.
    "<p>a</p>\n\n<p>b</p>": "<p>a</p>\n<p>b</p>",
    "<p>a\nb</p>": "<p>a<br />\nb</p>",
    "<p>a\n\nb</p>": "<p>a</p>\n<p>b</p>",
    "<P>a</P>b": "<P>a</P>\n<p>b</p>",
    "t\n<h2>H</h2>\nu\nv": "<p>t</p>\n<h2>H</h2>\n<p>u<br />\nv</p>",
    "<h2>a\n\nb</h2>": "<h2>a<br />\nb</h2>",
    "a\n\n<ul>\n<li>x</li>\n<li>y</li>\n</ul>\n\nb": (
        "<p>a</p>\n<ul>\n<li>x</li>\n<li>y</li>\n</ul>\n<p>b</p>"
    ),
    "<li>x\n\ny</li>": "<li>\n<p>x</p>\n<p>y</p>\n</li>",
    "<table>\n<tr>\n<td>a\n\nb</td><td>c</td>\n</tr>\n</table>": (
        "<table>\n<tr>\n<td>\n<p>a</p>\n<p>b</p>\n</td>\n<td>c</td>\n</tr>\n</table>"
    ),
    "<td>a\nb</td>": "<td>a<br />\nb</td>",
    "<div>x</div>": "<div>x</div>",
    "<div>\n\nx\n\n</div>": "<div>\n<p>x</p>\n</div>",
    "<div>t<p>x</p>m</div>": "<div>\n<p>t</p>\n<p>x</p>\n<p>m</p>\n</div>",
    "<blockquote>q</blockquote>": "<blockquote>\n<p>q</p>\n</blockquote>",
    "<blockquote>q\n\nr</blockquote>": "<blockquote>\n<p>q</p>\n<p>r</p>\n</blockquote>",
    "<figure><img src=1><figcaption>T</figcaption></figure>": (
        "<figure>\n<p><img src=1></p>\n<figcaption>T</figcaption>\n</figure>"
    ),
    "<hr>\nx": "<hr>\n<p>x</p>",
    # What is left as it is.
    "<pre>a\n\n b\n</pre>": "<pre>a\n\n b\n</pre>",
    "<PRE>a\n\nb</PRE>": "<PRE>a\n\nb</PRE>",
    "<style>\na\n\nb</style>": "<style>\na\n\nb</style>",
    "<script>\nvar a;\n\nb</script>\n\nx": "<script>\nvar a;\n\nb</script>\n<p>x</p>",
    "<textarea>\na\n\nb</textarea>": "<p><textarea>\na\n\nb</textarea></p>",
    "a\n\n<!--more-->\n\nb": "<p>a</p>\n<!--more-->\n<p>b</p>",
    "<!-- a\n\nb -->": "<!-- a\n\nb -->",
    "<!-- wp:paragraph -->\n<p>a</p>\n\nb": "<!-- wp:paragraph -->\n<p>a</p>\n\nb",
    # Shortcodes.
    'x\n\n[gallery ids="1"]\n\ny': '<p>x</p>\n[gallery ids="1"]\n<p>y</p>',
    "[caption]<img src=1> T[/caption]\n\nb": "[caption]<img src=1> T[/caption]\n<p>b</p>",
    "see [link] here\n\nb": "<p>see [link] here</p>\n<p>b</p>",
    "[a] and [b]": "<p>[a] and [b]</p>",
    "[code]\na\n\nb\n[/code]": "[code]\na\n\nb\n[/code]",
    # What is not closed, or not opened.
    "<pre>a\n\nb": "<pre>\n<p>a</p>\n<p>b</p>",
    "<!-- a\n\nb": "<p><!-- a</p>\n<p>b</p>",
    "a</div>\n\nb": "<p>a</p>\n</div>\n<p>b</p>",
    "<div>a\n\nb": "<div>\n<p>a</p>\n<p>b</p>",
}


@pytest.mark.parametrize(("written", "shown"), CASES.items())
def test_paragraphs_are_made_of_empty_lines(written: str, shown: str) -> None:
    assert add_paragraphs(written) == shown
    assert add_paragraphs(shown) == shown, "once is enough"


@pytest.mark.parametrize("written", CASES)
def test_the_tokens_are_the_whole_text(written: str) -> None:
    assert "".join(token.text for token in tokens(written)) == written


HOSTILE = {
    "open quotes": lambda n: '<a "' * n,
    "open comments": lambda n: "<!--" * n,
    "inline elements over empty lines": lambda n: "<em>" * n + "\n\n" * n,
    "inline elements over paragraphs": lambda n: "<em>" * n + "a\n\n" * n,
    "open code": lambda n: "<pre>[code]" * n,
    "open blocks and foreign ends": lambda n: "<div>" * n + "</p>" * n,
    "line breaks": lambda n: "<br>\n \n" * n,
    "brackets": lambda n: "[a" * n + "[" * n,
    "shortcodes": lambda n: "[a]x" * n + "[/b]",
}


def cost(html: str) -> float:
    """Seconds of CPU, the best of three."""
    tries = []
    for _ in range(3):
        started = time.process_time()
        add_paragraphs(html)
        tries.append(time.process_time() - started)
    return min(tries)


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_cost_grows_no_faster_than_the_text(kind: str) -> None:
    small, large = (cost(HOSTILE[kind](n)) for n in (500, 4_000))
    assert large < 24 * small + 0.05
