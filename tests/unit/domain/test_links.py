"""Counting links in comments, and its cost."""

import pytest

from everpost.domain.links import count_links
from tests.growth import assert_cost_grows_no_faster_than_size

ONE_LINK = (
    "See http://a.example",
    "HTTPS://b.example!",
    "http://www.a.example",
    "www.a.example",
    "ftp://a.example",
    "custom+scheme://x",
    "mailto:a@b.example",
    "javascript:alert(1)",
    "tel:+491",
    "magnet:?xt=1",
    "//a.example/x",
    "http:\\\\a.example",
    "http\\://a.example",
    "[x](//a.example)",
    "[x](a.example)",
    "![x](a.png)",
    "[http://a.example](http://a.example)",
    "[x]: http://a.example\n\nsee [x]",
    "[x]: //a.example",
    "> [x]: <a.example> 'title'\n\n[text][X]",
    "<http://a.example>",
    "<data:text/html,x>",
    "<a.example>",
    "<a@b.example>",
    "me@b.example",
    "<a href='//a.example'>x</a>",
    "<a href=//a.example>x</a>",
    "<img src = http://a.example/p.png>",
    "a.example",
    "a.example/path",
    "a.example:8080",
    "a.example?x=1",
    "notes.md/now",
    "SPAM.COM",
    "m\u00fcnchen.de",
    "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
    "xn--e1afmkfd.xn--p1ai",
    "a\u3002example",
    "&#104;ttp://a.example",
    "&#x0000068;ttp://a.example",
    "https&#58;//a.example",
    "https&colon;&sol;&sol;a.example",
    "[x]&lpar;a.example)",
    "\uff48\uff54\uff54\uff50\uff1a\uff0f\uff0f\uff41\uff0e\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45",
    "ht\u200btp://a.example",
    "a\u00ad.exam\u200bple",
    "htt\u0301p://a.example",
    "evil.Com",
    "Evil.Net",
    "evil.cOM",
    "evil.Ru",
    "evil.to",
    "evil.me",
    "evil.it",
    "evil.social",
    "evil.lol",
    "Xn--e1afmkfd.Xn--p1ai",
    "[a]: <http://spam.example/buy now>",
    "[a]: //a.example&#32;x",
    "[a]:\r\n //a.example\r\rsee [a]",
)
NO_LINK = (
    "",
    "e.g. this, i.e. that, etc.",
    "node.js, Vue.js and main.py, README.md, run.sh",
    "3.5/5 at 10:30, 1.000,50 in v1.2.3",
    "and/or, TCP/IP",
    "awww. so cute... well",
    "Great.So it is.It works.Work on",
    "Done.At last.My turn.Be quick.To me.Me too.Social life.Life is good.News at ten.No.In short.Do it",
    "[Ann]: I think so, [sic]",
    "[^1] and [1], [x] [ ] [a][b] [c][]",
    "// TODO: fix",
    "a[i] (x), [sic], [1]",
    "[^1]: A footnote.",
    "http: is a scheme, note:this",
    "U.S. at 5 p.m., J.R.R. Tolkien, Dr.Who",
    "C:\\path\\file.txt",
    "&#99999999999999999999; &#x; &amp;",
)


@pytest.mark.parametrize("text", ONE_LINK)
def test_each_form_of_link_counts_once(text: str) -> None:
    assert count_links(text) == 1
    assert count_links(f"{text} ,\n\n and") == 1
    assert count_links("Go to http://z.example then\n\n" + text) == 2


@pytest.mark.parametrize("text", NO_LINK)
def test_prose_has_no_links(text: str) -> None:
    assert count_links(text) == 0


def test_each_link_counts() -> None:
    assert count_links("http://a.example " * 900) == 900
    assert count_links("[x]: //a.example\n\n" + "[x] [y][x] [x][] " * 10) == 30
    assert count_links("a.example, b.example; c.example.") == 3


DEFINITIONS = {
    "[a]: <x y>": "[a]",
    "[a]: <x\\> y>": "[a]",
    "[a]: <x&gt; y>": "[a]",
    "[a]: x&#32;y": "[a]",
    "[a]: x\u00a0y": "[a]",
    "[a]: <http://spam.example/buy now>": "[a]",
    "1. [a]: http://x.com/": "[a]",
    "> 12) * [a]: http://x.com/": "[a]",
    "[a\\]b]: http://x.com": "[a\\]b]",
    "[a\\[b]: http://x.com": "[a\\[b]",
    "[a\nb]: http://x.com": "[a b]",
    "> [a\n> b]: http://x.com": "[A  B]",
    "> [a]:\n> http://x.com": "[a]",
    "text\r\r[a]: x": "[a]",
    "[\u1e9e]: x": "[SS]",
    "[a&#92;]: x": "&#92;[a&#92;]",
    "[a]: x\\\ty": "[a]",
    "[a]: x\\ 'a title'": "[a]",
    "[a]: x 'title": "[b][a]",
    "[a]: x\n(title)": "![a]",
}


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_each_use_of_a_definition_counts(definition: str) -> None:
    use = DEFINITIONS[definition]
    assert count_links(f"{definition}\n\n" + f"{use} " * 50) >= 50
    assert count_links(f"{use} " * 50 + f"\n\n{definition}") >= 50
    assert count_links(f"{definition}\n\n" + use * 50) >= 25


def test_a_false_definition_hides_no_link() -> None:
    assert count_links("text\n[a]: <http://a.example http://b.example http://c.example") == 3
    assert count_links("[a]: x\n\ntext" + "\n[a]: x" * 50) == 51
    assert count_links("[a]: x\n\n[a]: < " + "[a] " * 50) >= 50
    assert count_links("[a]: x\n[b]: y\n\n[a] and [b]") == 2
    assert count_links("text\n[a]: x 'http://a.example http://b.example") == 3


PIECES = (
    *(
        "[a]: <",
        "[a]: <\n",
        "\\ ",
        "\n[\\[",
        "[\\]",
        "][",
        "][]",
        "1. ",
        "1",
        "\n[a]:\n",
        "[a]: x ",
        "\r",
        "a",
        "a.",
        "a_",
        "a-",
        "a@",
        "a+",
        "ab.",
        "1.",
        "[",
        "](",
        "](//",
        "[a]",
        "[a]:",
        "[a]: x\n",
        "[\n",
        "<a:",
    ),
    *(
        "http://",
        "www.",
        "//",
        "//a.",
        ":",
        "\\",
        "a\\",
        "href=",
        "href ",
        "mailto:",
        "> ",
        "&",
        "&#",
        "&#1",
        "&#0",
    ),
    *("\u0301", "\u0327\u0301", "a\u0301\u0327", "\ufdfa", "\u3316", "\u00bd", "\u200b", "\ufe0f", "\u00e9."),
)


@pytest.mark.parametrize("piece", PIECES)
def test_links_are_counted_in_time_proportional_to_the_text(piece: str) -> None:
    assert_cost_grows_no_faster_than_size(
        lambda size: (piece * size)[:size], count_links, size=5_000, most=20_000
    )


@pytest.mark.parametrize(
    "between", ["[a]: x y", "[a]:\n x y", "> [a]: x y", "a [b", "www. x", "a @b.example"]
)
def test_whitespace_inside_a_link_costs_no_more(between: str) -> None:
    before, _, after = between.partition(" ")
    assert_cost_grows_no_faster_than_size(
        lambda size: before + " " * size + after, count_links, size=5_000, most=20_000
    )
