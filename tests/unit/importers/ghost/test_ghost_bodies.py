"""The bodies of Ghost's posts."""

import json

import pytest

from everpost.domain.posts import PostFormat
from everpost.transfer.importers.ghost.bodies import read_body

Node = dict[str, object]


def body(**row: object) -> tuple[str, PostFormat, list[str]]:
    changes: list[str] = []
    content, written_in = read_body(row, "", changes)
    return content, written_in, changes


def lexical(*nodes: Node) -> str:
    return json.dumps({"root": {"type": "root", "children": list(nodes)}})


def text(words: str, format: int = 0) -> Node:
    return {"type": "extended-text", "text": words, "format": format}


def block(type: str, *children: Node, **values: object) -> Node:
    return {"type": type, "children": list(children), **values}


def mobiledoc(*sections: list[object], **parts: list[object]) -> str:
    empty: dict[str, list[object]] = {"atoms": [], "cards": [], "markups": []}
    return json.dumps({"version": "0.3.1", **empty, **parts, "sections": list(sections)})


def test_html_takes_precedence_over_its_source() -> None:
    assert body(html="<p>1</p>", lexical=lexical(), mobiledoc=mobiledoc())[0] == "<p>1</p>"


def test_a_post_may_have_no_body() -> None:
    assert body(html=None) == ("", PostFormat.HTML, [])
    assert body(html=None, plaintext="1")[:2] == ("1", PostFormat.MARKDOWN)


@pytest.mark.parametrize("source", ["{", "[1", "[" * 100_000])
def test_a_broken_body_is_kept_and_reported(source: str) -> None:
    content, _, changes = body(lexical=source)
    assert (content, changes) == (source, ["its lexical is malformed, and was kept unchanged"])


@pytest.mark.parametrize("source", ["1", "null", "[]", "{}", '{"root": 1}', '{"root": {"children": [1]}}'])
def test_a_body_without_content_is_empty(source: str) -> None:
    assert body(lexical=source) == ("", PostFormat.HTML, [])
    assert body(mobiledoc=source) == ("", PostFormat.HTML, [])


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (block("paragraph", text("a < b & c")), "<p>a &lt; b &amp; c</p>"),
        (block("paragraph", text("a", 1 | 2), {"type": "linebreak"}, text("b", 16)),
         "<p><em><strong>a</strong></em><br><code>b</code></p>"),
        (block("extended-heading", text("a"), tag="h3"), "<h3>a</h3>"),
        (block("heading", text("a"), tag="script"), "<h2>a</h2>"),
        (block("extended-quote", text("a")), "<blockquote>a</blockquote>"),
        (block("aside", text("a")), "<blockquote>a</blockquote>"),
        (block("paragraph", block("link", text("a"), url='https://a.example/?a&"b')),
         '<p><a href="https://a.example/?a&amp;&quot;b">a</a></p>'),
        (block("list", block("listitem", text("a")), listType="bullet"), "<ul><li>a</li></ul>"),
        (block("list", block("listitem", text("a")), listType="number", start=3),
         '<ol start="3"><li>a</li></ol>'),
        (block("list", block("listitem", block("list", block("listitem", text("a")))), listType="bullet"),
         "<ul><li><ul><li>a</li></ul></li></ul>"),
        (block("list", block("listitem", text("a"), checked=True), listType="check"),
         '<ul><li><input type="checkbox" disabled checked> a</li></ul>'),
        ({"type": "horizontalrule"}, "<hr>"),
        ({"type": "html", "html": "<b>a</b>"}, "<b>a</b>"),
        ({"type": "image", "src": "a.png", "alt": 'b"', "caption": "<i>c</i>", "href": "d"},
         '<figure><a href="d"><img src="a.png" alt="b&quot;"></a><figcaption><i>c</i></figcaption></figure>'),
        ({"type": "codeblock", "code": "a < b\n\nc", "language": "c"},
         '<pre><code class="language-c">a &lt; b&#10;&#10;c</code></pre>'),
        ({"type": "gallery", "images": [{"src": "a"}, 1, {"src": "b"}]},
         '<figure><img src="a"><img src="b"></figure>'),
        ({"type": "embed", "html": "<iframe></iframe>"}, "<figure><iframe></iframe></figure>"),
        ({"type": "embed", "url": "https://a.example"},
         '<figure><a href="https://a.example">https://a.example</a></figure>'),
        ({"type": "bookmark", "url": "u", "metadata": {"title": "<t>", "description": "d"}},
         '<figure><a href="u">&lt;t&gt;</a><br>d</figure>'),
        ({"type": "button", "buttonText": "t", "buttonUrl": "u"}, '<p><a href="u">t</a></p>'),
        ({"type": "callout", "calloutEmoji": "!", "calloutText": "<b>a</b>"}, "<aside>! <b>a</b></aside>"),
        ({"type": "toggle", "heading": "h", "content": "<p>c</p>"},
         "<details><summary>h</summary><p>c</p></details>"),
        ({"type": "video", "src": "a.mp4"}, '<figure><video controls src="a.mp4"></video></figure>'),
        ({"type": "audio", "src": "a.mp3", "title": "<t>"},
         '<figure><audio controls src="a.mp3"></audio>&lt;t&gt;</figure>'),
        ({"type": "file", "src": "a.pdf", "fileTitle": "T"}, '<p><a href="a.pdf">T</a></p>'),
        ({"type": "header", "heading": "h", "subheading": "s"}, "<h2>h</h2><p>s</p>"),
        ({"type": "product", "productTitle": "t", "productUrl": "u", "productButton": "b"},
         '<h4>t</h4><p><a href="u">b</a></p>'),
        ({"type": "call-to-action", "textValue": "<p>t</p>"}, "<aside><p>t</p></aside>"),
    ],
)  # fmt: skip
def test_lexical_becomes_html(node: Node, expected: str) -> None:
    assert body(lexical=lexical(node)) == (expected, PostFormat.HTML, [])


@pytest.mark.parametrize("kind", ["email", "email-cta", "paywall", "signup", "of the future"])
def test_an_unsupported_card_is_reported(kind: str) -> None:
    content, _, changes = body(lexical=lexical({"type": kind}, block("paragraph", text("a"))))
    assert content == "<p>a</p>"
    assert len(changes) == 1
    assert kind in changes[0]


def test_the_text_of_an_unknown_node_is_kept() -> None:
    content, _, changes = body(lexical=lexical(block("paragraph", block("new", text("a")))))
    assert (content, changes) == ("<p>a</p>", ["a node 'new' was left out"])


def test_content_that_is_nested_too_deeply_is_reported() -> None:
    node = text("a")
    for _ in range(150):
        node = block("link", node)
    assert body(lexical=lexical(block("paragraph", node)))[2] == ["content nested too deeply was left out"]


def test_a_body_with_a_markdown_card_is_markdown() -> None:
    markdown: Node = {"type": "markdown", "markdown": "# a"}
    assert body(lexical=lexical(markdown)) == ("# a", PostFormat.MARKDOWN, [])
    content, written_in, _ = body(lexical=lexical(block("paragraph", text("b\n\nc")), markdown))
    assert (content, written_in) == ("<p>b&#10;&#10;c</p>\n\n# a", PostFormat.MARKDOWN)


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ([1, "p", [[0, [], 0, "a < b"]]], "<p>a &lt; b</p>"),
        ([1, "h2", [[0, [0, 1], 2, "a"]]], '<h2><a href="u"><strong>a</strong></a></h2>'),
        ([1, "p", [[0, [1], 0, "a"], [0, [], 1, "b"]]], "<p><strong>ab</strong></p>"),
        ([1, "p", [[0, [1], 0, "a"]]], "<p><strong>a</strong></p>"),
        ([1, "p", [[0, [], 7, "a"]]], "<p>a</p>"),
        ([1, "p", [[0, [], 0, "a"], [1, [], 0, 0], [0, [], 0, "b"]]], "<p>a<br>b</p>"),
        ([1, "pull-quote", [[0, [], 0, "a"]]], "<blockquote>a</blockquote>"),
        ([1, "script", [[0, [], 0, "a"]]], "<p>a</p>"),
        ([1, "p", [[0, [2], 1, "a"]]], "<p>a</p>"),
        ([2, "a.png"], '<img src="a.png">'),
        ([3, "ol", [[[0, [], 0, "a"]], [[0, [], 0, "b"]]]], "<ol><li>a</li><li>b</li></ol>"),
        ([10, 0], "<hr>"),
        ([10, 1], '<figure><img src="a.png"></figure>'),
    ],
)
def test_mobiledoc_becomes_html(section: list[object], expected: str) -> None:
    parts: dict[str, list[object]] = {
        "markups": [["a", ["href", "u"]], ["strong"], ["script"]],
        "atoms": [["soft-return", "", {}]],
        "cards": [["hr", {}], ["image", {"src": "a.png"}]],
    }
    assert body(mobiledoc=mobiledoc(section, **parts)) == (expected, PostFormat.HTML, [])


@pytest.mark.parametrize("section", [[], [7, "p"], [10, 5], [1, "p", [[0]]], [1, "p", [[1, [], 0, 9]]], [1]])
def test_an_invalid_section_is_reported(section: list[object]) -> None:
    assert len(body(mobiledoc=mobiledoc(section))[2]) == 1


@pytest.mark.parametrize("name", ["markdown", "card-markdown"])
def test_the_markdown_of_versions_1_and_2_is_kept(name: str) -> None:
    document = mobiledoc([10, 0], cards=[[name, {"markdown": "# a\n\nb"}]])
    assert body(mobiledoc=document) == ("# a\n\nb", PostFormat.MARKDOWN, [])
