"""What posts become."""

import re

import pytest

from everpost.domain.posts import PostFormat
from everpost.markup.rendering import render_post
from everpost.markup.results import Heading, RenderedPost

TABLE = "| a | b |\n|:--|--:|\n| 1 | 2 |\n"
DISPLAYED = '<span class="math" tabindex="0"><math display="block"><mi>x</mi></math></span>'


def markdown(content: str) -> str:
    return render_post(content, PostFormat.MARKDOWN).html


def html(content: str) -> RenderedPost:
    return render_post(content, PostFormat.HTML)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("~~old~~", "<p><s>old</s></p>\n"),
        (
            "- [ ] a\n- [x] b",
            (
                '<ul class="contains-task-list">\n'
                '<li class="task-list-item"><label><input type="checkbox" disabled> a</label></li>\n'
                '<li class="task-list-item"><label><input type="checkbox" disabled checked> b</label></li>\n'
                "</ul>\n"
            ),
        ),
        (
            "see https://a.example/b_c_d. And www.a.example/(x), or ann@blog.org!",
            (
                '<p>see <a href="https://a.example/b_c_d">https://a.example/b_c_d</a>. And '
                '<a href="http://www.a.example/(x)">www.a.example/(x)</a>, or '
                '<a href="mailto:ann@blog.org">ann@blog.org</a>!</p>\n'
            ),
        ),
        ("readme.md and a.example", "<p>readme.md and a.example</p>\n"),
        ("`www.a.example`", "<p><code>www.a.example</code></p>\n"),
        ("between $5 and $6", "<p>between $5 and $6</p>\n"),
        ("$x^2$", "<p><math><msup><mi>x</mi><mn>2</mn></msup></math></p>\n"),
        ("$\\foo$", '<p><code class="language-math">\\foo</code></p>\n'),
        ("$\\text{<b>}$", "<p><math><mtext>&lt;b&gt;</mtext></math></p>\n"),
        ("$$\nx\n$$", f"{DISPLAYED}\n"),
        ("a $$x$$ b", f"<p>a {DISPLAYED} b</p>\n"),
        ("a $$\\foo$$ b", '<p>a <code class="language-math">\\foo</code> b</p>\n'),
        (
            "```rust,ignore\n;\n```",
            '<pre tabindex="0"><code class="language-rust"><span class="hl-p">;</span>\n</code></pre>\n',
        ),
        (
            "```python\npass\n```",
            '<pre tabindex="0"><code class="language-python"><span class="hl-k">pass</span>\n</code></pre>\n',
        ),
        (
            "```klingon\na < b\n```",
            '<pre tabindex="0"><code class="language-klingon">a &lt; b\n</code></pre>\n',
        ),
        ("    plain", '<pre tabindex="0"><code>plain\n</code></pre>\n'),
        ("![cat](cat.png)", '<p><img alt="cat" src="cat.png" loading="lazy" decoding="async"></p>\n'),
    ],
)
def test_markdown_with_its_extensions(content: str, expected: str) -> None:
    assert markdown(content) == expected


def test_the_alignment_of_a_column_is_a_class() -> None:
    assert '<th class="align-left">a</th>\n<th class="align-right">b</th>' in markdown(TABLE)


def test_footnotes_link_to_each_other() -> None:
    shown = markdown("A[^n].\n\n[^n]: Note.")
    assert '<a href="#user-content-fn1" id="user-content-fnref1">[1]</a>' in shown
    assert '<li id="user-content-fn1" class="footnote-item"><p>Note. <a href="#user-content-fnref1"' in shown


def test_footnotes_are_not_a_section() -> None:
    shown = markdown("A[^n].\n\n[^n]: Note.")
    assert '<hr class="footnotes-sep">\n<div class="footnotes">\n<ol class="footnotes-list">\n<li' in shown
    assert shown.endswith("</li>\n</ol>\n</div>\n")
    assert "section" not in shown


@pytest.mark.parametrize(
    ("content", "levels"),
    [
        ("<h2>a</h2><h3>b</h3><h6>c</h6>", [2, 3, 6]),
        ("<h2>a</h2><h1>b</h1><h5>c</h5><h6>d</h6>", [3, 2, 6, 6]),
        ("<h1 id='x'>a</h1><p>b</p><h1>c</h1>", [2, 2]),
        ("<pre>&lt;h1&gt;</pre><h2>a</h2>", [2]),
    ],
)
def test_headings_are_below_the_title_of_the_page(content: str, levels: list[int]) -> None:
    shown = html(content)
    assert [heading.level for heading in shown.outline] == levels
    assert [int(level) for level in re.findall(r"</h(\d)>", shown.html)] == levels
    assert [int(level) for level in re.findall(r"<h(\d) id", shown.html)] == levels


def test_a_heading_has_a_unique_id_that_links_find() -> None:
    post = render_post(
        "[to it](#in-short) [away](#comments)\n\n# In short\n\n## In *short*\n\n"
        "<h2 id='own'>Own</h2>\n\n### ?",
        PostFormat.MARKDOWN,
    )
    assert post.outline == (
        Heading(2, "user-content-in-short", "In short"),
        Heading(3, "user-content-in-short-1", "In short"),
        Heading(3, "user-content-own", "Own"),
        Heading(4, "user-content-section", "?"),
    )
    assert all(f'<h{level} id="{own}">' in post.html for level, own, _ in post.outline)
    assert '<a href="#user-content-in-short">to it</a> <a href="#comments">away</a>' in post.html


def test_an_id_of_a_heading_does_not_repeat_one_of_the_writer() -> None:
    post = html("<h2>Intro</h2><p id='intro'>x</p><p id='intro'>y</p>")
    assert post.outline == (Heading(2, "user-content-intro-1", "Intro"),)
    assert post.html.count('id="user-content-intro"') == 1


def test_what_real_posts_have_is_kept() -> None:
    content = (
        '<figure class="aligncenter"><img src="a.png" alt="A" width="4" height="3" loading="lazy"'
        ' decoding="async"><figcaption>One &amp; two</figcaption></figure>'
        "<details open><summary>More</summary><p>Text</p></details>"
        '<table tabindex="0"><caption>C</caption><tbody><tr><td colspan="2">1</td></tr></tbody></table>'
        '<video src="v.mp4" controls poster="p.png"></video><ruby>a<rt>b</rt></ruby>'
        '<blockquote cite="https://a.example/"><p>Q</p></blockquote><ol start="3"><li>x</li></ol>'
        '<p lang="fr" dir="ltr"><abbr title="T">t</abbr> <kbd>k</kbd> <a href="/b" rel="me">b</a></p>'
    )
    assert sorted(html(content).html.replace('=""', "")) == sorted(content)


def test_what_is_not_allowed_is_removed() -> None:
    content = (
        '<p style="color:red" class="menu language-x" onclick="x()">a<script>b</script><font>c</font></p>'
        '<a href="javascript:x" target="_top">d</a><form><input name="e"><textarea>f</textarea></form>'
    )
    assert html(content).html == '<p class="language-x">ac</p><a>d</a>'


def test_frames_of_allowed_hosts_are_kept_in_a_sandbox() -> None:
    frame = '<iframe src="//player.example/v?a=1" width="4" height="3" onload="x()"><b>no frames</b></iframe>'
    kept = render_post(frame, PostFormat.HTML, embed_hosts={"player.example"}).html
    assert kept == (
        '<iframe src="https://player.example/v?a=1" title="player.example" width="4" height="3"'
        ' sandbox="allow-popups allow-presentation allow-same-origin allow-scripts"'
        ' referrerpolicy="strict-origin-when-cross-origin" loading="lazy"></iframe>'
    )
    assert html(frame).html == '<a href="https://player.example/v?a=1">player.example/v?a=1</a>'


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example\\@player.example/",
        "https://player.example@evil.example/",
        "https://player.example:8443/",
        "https://player.example.evil.example/",
        "javascript://player.example/%0aalert(1)",
        "https://evil.example/\tplayer.example/",
        "/player.example/",
    ],
)
def test_no_other_address_passes_for_an_allowed_host(address: str) -> None:
    shown = render_post(f'<iframe src="{address}"></iframe>', PostFormat.HTML, embed_hosts={"player.example"})
    assert "<iframe" not in shown.html


def test_addresses_become_absolute_on_request() -> None:
    content = "[a](b?c#d) ![i](/i.png) [e](#f) [g](//h.example) [m](mailto:a@b.example)\n\n## F"
    shown = render_post(content, PostFormat.MARKDOWN, base_url="https://blog.example/2026/post")
    assert 'href="https://blog.example/2026/b?c#d"' in shown.html
    assert shown.image == "https://blog.example/i.png"
    assert 'href="https://blog.example/2026/post#user-content-f"' in shown.html
    assert 'href="https://h.example"' in shown.html
    assert 'href="mailto:a@b.example"' in shown.html
