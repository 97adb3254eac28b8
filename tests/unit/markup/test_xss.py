"""No published XSS vector leaves anything in posts or comments that could run as a script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everpost.domain.posts import PostFormat
from everpost.markup import allow_lists
from everpost.markup.mathml import _ATTRIBUTES, _ELEMENTS
from everpost.markup.rendering import render_comment, render_post
from everpost.settings import DEFAULT_EMBED_HOSTS
from tests.xss.inspection import SCRIPTING, faults, host_of
from tests.xss.vectors import LISTED, VECTORS

WRITTEN_BY_US = {
    "a": {"id"},
    "iframe": {"loading", "referrerpolicy", "sandbox"},
    "img": {"decoding", "loading"},
    "input": {"disabled"},
    "pre": {"tabindex"},
    "table": {"tabindex"},
    "span": {"class", "tabindex"},
}
POST_ATTRIBUTES = {
    element: {*allow_lists.POST_ATTRIBUTES.get(element, "").split(), *WRITTEN_BY_US.get(element, ())}
    for element in {*allow_lists.POST_ATTRIBUTES, *WRITTEN_BY_US}
} | dict.fromkeys(_ELEMENTS, _ATTRIBUTES)
COMMENT_ATTRIBUTES = {
    "*": set[str](),
    "a": {"href", "rel", "title"},
    "code": {"class"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "table": {"tabindex"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class"},
}
SURROUNDINGS = ("{}", "x {} y", "> {}", "- {}", "| a |\n|---|\n| {} |", "<div>{}</div>", "*{}*", "[{}](x)")

FRAGMENTS = [
    *"<>\"'`&;=/!-[]()*_~$|#\\ \n\t",
    *(
        "<a href=",
        "<img src=x ",
        "<iframe src=",
        "<p title=",
        "<math>",
        "<svg>",
        "<style>",
        "<script>",
        "<table>",
    ),
    *(
        "</p>",
        "</style>",
        "</script>",
        "</iframe>",
        "</math>",
        "</svg>",
        "<mtext>",
        "<mglyph>",
        "<!--",
        "-->",
    ),
    *("<![CDATA[", "]]>", "<select>", "<template>", "<noscript>", "<textarea>", "<title>", "<form>", "<td>"),
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        "//www.youtube.com/",
        "https://a.example/",
        "onerror=alert(1)",
    ),
    *(
        "&lt;",
        "&quot;",
        "&#x6A;",
        "&colon;",
        "&Tab;",
        "```html\n",
        "\n```\n",
        "$$",
        "\\text{",
        "}",
        "[^1]",
        "[x]: ",
    ),
    *(
        '<pre><code class="language-html">',
        '<code class="language-math">',
        "</code></pre>",
        "- [ ] ",
        "\n\n",
        "> ",
    ),
    *("x", "\x0c", "\xa0", "\u2028", "\ufeff"),
]


def faults_of_post(content: str, format_: PostFormat, base_url: str | None = None) -> list[str]:
    shown = render_post(content, format_, embed_hosts=DEFAULT_EMBED_HOSTS, base_url=base_url).html
    found = faults(shown, allow_lists.POST_ELEMENTS | _ELEMENTS, POST_ATTRIBUTES, allow_lists.URL_SCHEMES)
    return [f"{content!r} became {shown!r}: {fault}" for fault in found]


def faults_of_comment(content: str) -> list[str]:
    shown = render_comment(content).html
    found = faults(
        shown,
        allow_lists.COMMENT_ELEMENTS | {"span"},
        COMMENT_ATTRIBUTES,
        allow_lists.COMMENT_URL_SCHEMES,
    )
    return [f"{content!r} became {shown!r}: {fault}" for fault in found]


def test_there_are_enough_vectors() -> None:
    assert len(set(LISTED)) >= 500
    assert len(set(VECTORS)) >= 900


def test_the_allow_lists_contain_nothing_that_runs_scripts() -> None:
    assert {"iframe"} == allow_lists.POST_ELEMENTS & SCRIPTING
    assert set() == allow_lists.COMMENT_ELEMENTS & SCRIPTING


@pytest.mark.parametrize("format_", PostFormat)
@pytest.mark.parametrize("base_url", [None, "https://blog.example/post"])
def test_no_vector_works_in_a_post(format_: PostFormat, base_url: str | None) -> None:
    assert [fault for vector in VECTORS for fault in faults_of_post(vector, format_, base_url)] == []


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_no_vector_works_inside_other_markup(surroundings: str) -> None:
    contents = [surroundings.format(vector) for vector in LISTED]
    assert [fault for content in contents for fault in faults_of_post(content, PostFormat.MARKDOWN)] == []


def test_no_vector_works_in_a_comment() -> None:
    contents = [surroundings.format(vector) for surroundings in ("{}", "> {}") for vector in VECTORS]
    assert [fault for content in contents for fault in faults_of_comment(content)] == []


def test_the_end_of_a_vector_may_be_missing() -> None:
    contents = [vector[: len(vector) * share // 4] for vector in LISTED for share in (1, 2, 3)]
    assert [fault for content in contents for fault in faults_of_post(content, PostFormat.HTML)] == []


def test_vectors_one_after_the_other_do_not_work_together() -> None:
    contents = [first + second for first, second in zip(LISTED, reversed(LISTED), strict=True)]
    for format_ in PostFormat:
        assert [fault for content in contents for fault in faults_of_post(content, format_)] == []


def test_rendered_html_stays_the_same_when_it_is_sanitized_again() -> None:
    """Mutation XSS needs HTML that means something else when it is parsed again."""
    for vector in LISTED:
        once = render_post(vector, PostFormat.HTML).html
        again = render_post(once.replace('id="user-content-', 'id="'), PostFormat.HTML).html
        assert faults_of_post(once, PostFormat.HTML) == []
        assert "<math" in once or again.count("<") == once.count("<"), vector


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_no_combination_of_fragments_works(content: str) -> None:
    for format_ in PostFormat:
        assert faults_of_post(content, format_) == []
    assert faults_of_comment(content) == []


def test_every_frame_is_in_a_sandbox_and_of_an_allowed_host() -> None:
    for vector in VECTORS:
        shown = render_post(vector, PostFormat.HTML, embed_hosts=DEFAULT_EMBED_HOSTS).html
        for frame in shown.split("<iframe")[1:]:
            source = frame.partition('src="')[2].partition('"')[0]
            assert host_of(source) in DEFAULT_EMBED_HOSTS
            assert ' sandbox="allow-popups allow-presentation allow-same-origin allow-scripts"' in frame


def test_the_inspection_finds_what_is_not_allowed() -> None:
    raw = [vector for vector in LISTED if list(faults(vector, {"p", "a"}, {"*": ()}, {"https"}))]
    assert len(raw) > 0.7 * len(LISTED)
