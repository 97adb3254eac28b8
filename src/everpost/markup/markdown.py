"""Markdown to HTML that is not yet safe: CommonMark 0.31.2 with the extensions that writers expect."""

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from everpost.markup.autolinks import autolinks_plugin
from everpost.markup.code import DISPLAYED_MATH, MATH
from everpost.markup.escaping import escape
from everpost.markup.results import Unrenderable

_MAX_NESTING = 50
"""Levels of quotes and lists: a list counts twice. Also limits the work for nested brackets."""


def post_html(content: str) -> str:
    """A post as HTML, including the HTML that it contains. Raises Unrenderable."""
    return _render(_post_parser(), content)


def comment_html(content: str) -> str:
    """A comment as HTML. Tags are shown as typed, and line breaks are kept. Raises Unrenderable."""
    return _render(_comment_parser(), content)


def _render(parser: MarkdownIt, content: str) -> str:
    env: EnvType = {}
    tokens = parser.parse(content, env)
    if any(token.level >= _MAX_NESTING for token in tokens):
        raise Unrenderable(
            f"more than {_MAX_NESTING} levels of quotes and lists"
        )  # the parser drops what is deeper
    html: str = parser.renderer.render(tokens, parser.options, env)
    return html


@cache
def _post_parser() -> MarkdownIt:
    parser = _parser()
    footnote_plugin(parser)
    parser.add_render_rule("footnote_block_open", _render_footnotes_open)
    parser.add_render_rule("footnote_block_close", _render_footnotes_close)
    dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    for name in ("math_inline", "math_inline_double", "math_block"):
        parser.add_render_rule(name, _render_math)
    tasklists_plugin(parser, enabled=False, label=True)
    return parser


@cache
def _comment_parser() -> MarkdownIt:
    """Without headings; an image becomes a link to it."""
    parser = _parser().disable(["heading", "lheading"])
    parser.options["html"] = False
    parser.options["breaks"] = True
    parser.add_render_rule("image", _render_link_to_image)
    return parser


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING + 2}).enable(["table", "strikethrough"])
    autolinks_plugin(parser)
    parser.add_render_rule("th_open", _render_cell)
    parser.add_render_rule("td_open", _render_cell)
    return parser


def _render_math(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """The source, as code with the language `math`, which is rendered later."""
    token = tokens[index]
    if token.type == "math_inline_double":
        return f'<code class="{DISPLAYED_MATH}">{escape(token.content)}</code>'
    code = f'<code class="{MATH}">{escape(token.content)}</code>'
    return code if token.type == "math_inline" else f"<pre>{code}</pre>\n"


def _render_footnotes_open(
    _renderer: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Not a section, which should have a heading."""
    return '<hr class="footnotes-sep">\n<div class="footnotes">\n<ol class="footnotes-list">\n'


def _render_footnotes_close(
    _renderer: RendererHTML, _tokens: Sequence[Token], _index: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</ol>\n</div>\n"


def _render_link_to_image(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    token = tokens[index]
    address = str(token.attrs["src"])
    return f'<a href="{escape(address)}">{escape(token.content or address)}</a>'


def _render_cell(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """A cell whose alignment is a class: style attributes are not allowed."""
    token = tokens[index]
    alignment = str(token.attrs.pop("style", "")).removeprefix("text-align:")
    if alignment:
        token.attrSet("class", f"align-{alignment}")
    return renderer.renderToken(tokens, index, options, env)
