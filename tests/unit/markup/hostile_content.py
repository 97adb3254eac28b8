"""Content that takes long: nested, repeated and unfinished constructs of any size."""

from collections.abc import Callable

from everpost.domain.posts import PostFormat

Family = Callable[[int], str]
"""Makes content of this many characters."""


def repeated(text: str) -> Family:
    return lambda size: (text * (size // len(text) + 1))[:size]


def numbered(text: str, before: str = "", after: str = "") -> Family:
    """Repeats the text with ascending numbers."""

    def content(size: int) -> str:
        count = size // (len(text) + 4)
        return before + "".join(text.format(number) for number in range(count)) + after

    return content


def nested(opening: str, closing: str) -> Family:
    def content(size: int) -> str:
        depth = size // len(opening + closing)
        return opening * depth + closing * depth

    return content


def growing(character: str, after: str) -> Family:
    """Runs of the character, each longer than the one before."""

    def content(size: int) -> str:
        count = int((2 * size) ** 0.5)
        return "".join(character * length + after for length in range(1, count))

    return content


def amplified(before: str, repetition: str) -> Family:
    """A long beginning that each repetition refers to."""
    return lambda size: before.format("x" * (size // 2)) + repetition * (size // 2 // len(repetition))


MARKDOWN: dict[str, Family] = {
    "brackets": repeated("["),
    "link ends": repeated("]("),
    "images": repeated("![[]()"),
    "nested links": nested("[", "](x)"),
    "emphasis that opens": repeated("*a "),
    "emphasis inside words": repeated("a**b"),
    "mixed emphasis": repeated("*_"),
    "underscores": repeated("_a "),
    "strikethrough": repeated("~~a "),
    "runs of backticks": growing("`", " "),
    "unequal code": repeated("``a`"),
    "quotes": repeated(">"),
    "growing quotes": growing(">", "a\n"),
    "lists in lists": repeated("- "),
    "indented lists": lambda size: "\n".join("  " * level + "- a" for level in range(int(size**0.5))),
    "angle brackets": repeated("<"),
    "tags that do not end": repeated("<a "),
    "comments that do not end": repeated("<!--"),
    "instructions": repeated("<?"),
    "blocks of HTML": repeated("<div>\n"),
    "wide table": lambda size: "|a" * (size // 8) + "\n" + "|-" * (size // 8) + "\n" + "|a" * (size // 4),
    "long table": lambda size: "|a|b|\n|-|-|\n" + "|\n" * (size // 2),
    "footnotes": numbered("[^{0}] ", after="\n\n[^1]: x\n"),
    "definitions of footnotes": numbered("[^{0}]: x\n"),
    "references to one footnote": amplified("[^1]: {0}\n\n", "[^1]"),
    "references to one address": amplified("[a]: /{0}\n\n", "[a] "),
    "definitions": numbered("[{0}]: /x\n"),
    "formulas": repeated("$a "),
    "blocks of formulas": repeated("$$a "),
    "nested formula": lambda size: "$" + "{" * (size // 2) + "x" + "}" * (size // 2) + "$",
    "fractions": lambda size: "$" + "\\frac{a}{" * (size // 10) + "$",
    "backslashes": repeated("\\"),
    "entities": repeated("&a;"),
    "addresses": repeated("http://"),
    "bare addresses": repeated("http://a.b "),
    "email addresses": repeated("a@"),
    "hosts": repeated("www.a."),
    "headings": repeated("# a\n"),
    "setext heading": lambda size: "a\n" * (size // 2) + "===",
    "tasks": repeated("- [ ] a\n"),
    "breaks": repeated("* * *\n"),
    "code": lambda size: "```python\n" + "(" * size + "\n```",
    "strings in code": lambda size: "```python\n" + '"""\\\'' * (size // 5) + "\n```",
    "tags in code": lambda size: "```html\n" + "<a <!-- " * (size // 8) + "\n```",
}
HTML: dict[str, Family] = {
    "formatting in each paragraph": lambda size: numbered("<b id={0}>")(size // 2) + "<p>x" * (size // 8),
    "elements": repeated("<div>"),
    "links in links": repeated("<a>"),
    "tables in tables": repeated("<table>"),
    "tables in cells": repeated("<table><tr><td>"),
    "ends without a start": repeated("</p>"),
    "attributes": numbered("a{0}=1 ", before="<a ", after=">"),
    "ids": numbered("<p id=a{0}>"),
    "headings with one text": repeated("<h1>a</h1>"),
    "fragments": repeated('<a href="#x">x</a>'),
    "frames": repeated("<iframe>"),
    "code in code": repeated('<pre><code class="language-python">'),
    "drawings": repeated("<svg>"),
    "choices": repeated("<select><option>"),
}
FAMILIES: list[tuple[str, Family, PostFormat]] = [
    *((name, family, PostFormat.MARKDOWN) for name, family in MARKDOWN.items()),
    *((name, family, PostFormat.HTML) for name, family in HTML.items()),
]
