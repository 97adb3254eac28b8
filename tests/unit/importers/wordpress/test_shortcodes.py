"""Shortcodes of WordPress."""

from collections.abc import Sequence
from functools import partial

import pytest

from everpost.transfer.importers.wordpress.shortcodes import Picture, convert_shortcodes
from tests.growth import assert_cost_grows_no_faster_than_size

CAT, DOG = Picture("https://a.example/cat.png", "A cat"), Picture("/dog.png", "A & B", "<b>Dog</b>")


def gallery(ids: Sequence[str]) -> Sequence[Picture | None]:
    return [{"1": CAT, "2": DOG}.get(each) for each in ids] or [CAT]


IMAGE = '<img src="a.png" alt="x" />'
SHOWN_CAT = '<img src="https://a.example/cat.png" alt="A cat">'
SHOWN_DOG = '<figure><img src="/dog.png" alt="A &amp; B"><figcaption><b>Dog</b></figcaption></figure>'


def link(url: str) -> str:
    return f'<figure><a href="{url}">{url}</a></figure>'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            f'[caption id="x" align="alignleft" width="300"]{IMAGE} The <em>words</em>[/caption]',
            (
                f'<figure class="wp-caption alignleft">{IMAGE}'
                "<figcaption>The <em>words</em></figcaption></figure>"
            ),
        ),
        (
            f'[caption width="3" caption="Words &quot;here&quot;"]{IMAGE}[/caption]',
            f'<figure class="wp-caption">{IMAGE}<figcaption>Words "here"</figcaption></figure>',
        ),
        (
            f'[wp_caption]\n<a href="b">{IMAGE}</a> Words[/wp_caption]',
            f'<figure class="wp-caption"><a href="b">{IMAGE}</a><figcaption>Words</figcaption></figure>',
        ),
        (f"[caption]{IMAGE}[/caption]", f'<figure class="wp-caption">{IMAGE}</figure>'),
        ('[gallery ids="1,2"]', f'<figure class="gallery">{SHOWN_CAT}{SHOWN_DOG}</figure>'),
        ("[gallery include='1' columns=2]", f'<figure class="gallery">{SHOWN_CAT}</figure>'),
        ("[gallery]", f'<figure class="gallery">{SHOWN_CAT}</figure>'),
        ("[gallery /]", f'<figure class="gallery">{SHOWN_CAT}</figure>'),
        ("a [embed]https://v.example/1[/embed] b", f"a {link('https://v.example/1')} b"),
        ('[embed width="1"]https://v.example/1[/embed]', link("https://v.example/1")),
        ("[embed src='https://v.example/1']", link("https://v.example/1")),
        ('[audio src="a.mp3"]', '<figure><audio controls><source src="a.mp3"></audio></figure>'),
        (
            "[audio mp3='a.mp3' ogg='a.ogg'][/audio]",
            '<figure><audio controls><source src="a.mp3"><source src="a.ogg"></audio></figure>',
        ),
        (
            "[audio:https://a.example/a.mp3|titles=A]",
            '<figure><audio controls><source src="https://a.example/a.mp3"></audio></figure>',
        ),
        (
            '[video width="1" mp4="a.mp4" poster="a.png"][/video]',
            '<figure><video controls poster="a.png"><source src="a.mp4"></video></figure>',
        ),
        (
            "[youtube=https://www.youtube.com/watch?v=abcdefghijk&w=3]",
            link("https://www.youtube.com/watch?v=abcdefghijk&amp;w=3"),
        ),
        ("[youtube]abcdefghijk[/youtube]", link("https://www.youtube.com/watch?v=abcdefghijk")),
        ("[youtube id='abcdefghijk']", link("https://www.youtube.com/watch?v=abcdefghijk")),
        ("[youtube https://youtu.be/abcdefghijk]", link("https://youtu.be/abcdefghijk")),
        ("[vimeo 123]", link("https://vimeo.com/123")),
        ("[vimeo https://vimeo.com/123 w=1]", link("https://vimeo.com/123")),
        (
            '[code language="css"]\na > b &lt;\n\nc[/code]',
            '<pre><code class="language-css">a &gt; b &lt;\n\nc</code></pre>',
        ),
        (
            "[sourcecode lang='py']a[b] [gallery][/sourcecode]",
            '<pre><code class="language-py">a[b] [gallery]</code></pre>',
        ),
        ("[code]<b>[/code]", "<pre><code>&lt;b&gt;</code></pre>"),
        (
            "<!-- wp:shortcode -->\n[vimeo 1]\n<!-- /wp:shortcode -->",
            f"<!-- wp:shortcode -->\n{link('https://vimeo.com/1')}\n<!-- /wp:shortcode -->",
        ),
    ],
)
def test_common_shortcodes_become_html(written: str, shown: str) -> None:
    done = convert_shortcodes(written, gallery)
    assert done.content == shown
    assert not done.left
    assert done.changes()[0].startswith("shortcodes became HTML: ")
    assert convert_shortcodes(shown, gallery).content == shown


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("[contact-form-7 id='1']", ["contact-form-7"]),
        ("[box]a[/box] [my_thing]", ["box", "my_thing"]),
        ("[caption]No picture[/caption]", ["caption"]),
        ("[gallery ids='7']", ["gallery"]),
        ("[youtube nothing]", ["youtube"]),
        ("[video]", ["video"]),
        ("[code]never ends", ["code"]),
        ("[[gallery]]", []),
        ("[citation needed] [1] [Update: yes] [see my post]", []),
        ("[text](https://a.example)", []),
        ("<pre>[gallery]</pre> <code>[foo]</code> <!-- [bar] --> <a title='[baz]'>x</a>", []),
        ("a [ b ] c [", []),
    ],
)
def test_other_shortcodes_stay_as_text_and_are_reported(written: str, names: Sequence[str]) -> None:
    done = convert_shortcodes(written, gallery)
    assert done.content == written
    assert sorted(done.left) == names
    assert done.changes() == ([f"shortcodes stay as text: {', '.join(names)}"] if names else [])


def test_missing_pictures_of_a_gallery_are_counted() -> None:
    assert convert_shortcodes("[gallery ids='1,7,8']", gallery).changes() == [
        "shortcodes became HTML: gallery",
        "pictures of galleries that are not in the file: 2",
    ]


def test_blocks_without_content_are_reported() -> None:
    content = '<!-- wp:latest-posts {"a":1} /-->\n<!-- wp:paragraph -->\n<p>a</p>\n<!-- /wp:paragraph -->'
    assert convert_shortcodes(content, gallery).changes() == [
        "blocks that WordPress fills in stay empty: latest-posts"
    ]


@pytest.mark.parametrize(
    "part",
    [
        "[",
        "[a",
        "[a ",
        "[a]",
        "[/a]",
        "[caption]",
        "[code]",
        "[gallery]",
        '[a "',
        "<code>",
        "[[",
        "[a=",
        "[video a=",
    ],
)
def test_converting_shortcodes_takes_linear_time(part: str) -> None:
    assert_cost_grows_no_faster_than_size(
        lambda n: part * n, partial(convert_shortcodes, gallery=gallery), most=8_000
    )
