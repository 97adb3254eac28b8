"""The cost of untrusted files is linear and limited: each kind of file is read at two sizes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.formats.dates import parse_date
from everpost.transfer.importers.markdown.dates import DateRules, PageDates
from everpost.transfer.importers.markdown.front_matter.parser import read_page
from everpost.transfer.importers.markdown.page import MarkdownPage
from everpost.transfer.importers.markdown.page_names import name_of
from everpost.transfer.importers.markdown.template_tags.links import Links
from everpost.transfer.importers.markdown.template_tags.tags import convert_tags
from everpost.transfer.importers.markdown.titles import title_of
from everpost.transfer.importers.markdown.visibility import reasons_to_hide
from tests.growth import assert_cost_grows_no_faster_than_size

SIZE = 10_000
"""Characters of a hostile file; the file that it is compared with has four times as many."""


class NoLinks(Links):
    """Links of a folder without pages."""

    def __init__(self) -> None:
        self.base_path = self.site_url = ""

    def to(self, _target: str, _place: str) -> str | None:
        return None


def front_matter(text: str) -> None:
    try:
        page = read_page(text, "a.md")
    except BrokenFile:
        return
    if page is not None:
        list(reasons_to_hide(page.fields, datetime(2024, 1, 1, tzinfo=UTC)))
        page.line_of("title")


def yaml(text: str) -> None:
    front_matter(f"---\n{text}\n---\n")


def toml(text: str) -> None:
    front_matter(f"+++\n{text}\n+++\n")


def tags(text: str) -> None:
    convert_tags(text, NoLinks(), "a.md", is_html=False)


def title(text: str) -> None:
    for is_html in (False, True):
        title_of(MarkdownPage({}, text), "a", is_html=is_html)


def names(text: str) -> None:
    name_of(f"{text}.md", MarkdownPage({"permalink": f"/{text}/{text}", "slug": text}, ""))


def dates(text: str) -> None:
    PageDates(
        MarkdownPage({}, ""), {"date": text, "lastmod": f"2024-01-31 {text}"}, None, DateRules()
    ).published()


def growing(marks: str, size: int, join: str = "\n") -> str:
    """Runs of a character, each longer than the one before."""
    return join.join(marks * number for number in range(1, int((2 * size) ** 0.5)))


CASES: dict[str, tuple[Callable[[str], object], Callable[[int], str]]] = {
    "YAML nested lists": (yaml, lambda n: "a: " + "[" * n),
    "YAML nested maps": (yaml, lambda n: "a: " + "{a: " * (n // 4)),
    "YAML nested blocks": (yaml, lambda n: "- " * (n // 2)),
    "YAML nested keys": (yaml, lambda n: "? " * (n // 2)),
    "YAML aliases of aliases": (
        yaml,
        lambda n: "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]\n" for i in range(1, n // 80)),
    ),
    "YAML merges of merges": (
        yaml,
        lambda n: (
            "a0: &a0 {x: y}\n"
            + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: v}}\n" for i in range(1, n // 40))
        ),
    ),
    "YAML itself": (yaml, lambda n: "a: &a [" + "*a, " * (n // 4) + "]"),
    "YAML repeated keys": (yaml, lambda n: "a: b\n" * (n // 5)),
    "YAML keys": (yaml, lambda n: "".join(f"a{i}: b\n" for i in range(n // 8))),
    "YAML empty lines": (yaml, lambda n: " \n" * (n // 2) + "a: ["),
    "YAML tabs": (yaml, lambda n: "-\t" * (n // 2) + "["),
    "YAML tags": (yaml, lambda n: "a: [" + "!a b, " * (n // 6) + "]"),
    "TOML parts of a key": (toml, lambda n: "a." * (n // 2) + "a = 1"),
    "TOML quoted parts of a key": (toml, lambda n: '"a" . ' * (n // 6) + "a = 1"),
    "TOML parts of a table": (toml, lambda n: "[" + "a." * (n // 2) + "a]"),
    "TOML keys of many parts": (toml, lambda n: "".join("a." * 95 + f"a{i} = 1\n" for i in range(n // 200))),
    "TOML nested arrays": (toml, lambda n: "a = " + "[" * n),
    "TOML nested tables": (toml, lambda n: "a = " + "{a=" * (n // 3)),
    "TOML digits": (toml, lambda n: "a = " + "9" * n),
    "TOML a word": (toml, lambda n: "a" * n),
    "TOML blanks": (toml, lambda n: "a . " * 50 + " " * n),
    "JSON nested arrays": (front_matter, lambda n: '{"a":' + "[" * n),
    "JSON nested objects": (front_matter, lambda n: '{"a":' * (n // 5)),
    "JSON digits": (front_matter, lambda n: '{"a": ' + "9" * n + "}"),
    "JSON keys": (front_matter, lambda n: "{" + '"a":1,' * (n // 6) + '"b":1}'),
    "marks without an end": (front_matter, lambda n: "---\n" + "--- x\n" * (n // 6)),
    "bare fields": (front_matter, lambda n: "".join(f"a{i}: b\n" for i in range(n // 8)) + "---\n"),
    "bare fields without an end": (front_matter, lambda n: "title: a\n" * (n // 9)),
    "bare lists": (front_matter, lambda n: "tags:\n" + "- a\n" * (n // 4) + "---\n"),
    "bare JSON": (front_matter, lambda n: ";;;\n" + '"a": {' * (n // 6) + "\n;;;\n"),
    "bare marks": (front_matter, lambda n: "-" * (n // 2) + "\ntitle: a\n" + "-" * (n // 2) + " "),
    "foreign marks": (front_matter, lambda n: "#" * n + "\ntitle"),
    "foreign blanks": (front_matter, lambda n: "<!--" + " " * n + "title"),
    "lines that go on": (front_matter, lambda n: "title: a\n" + "    b\n" * (n // 6)),
    "blank lines": (front_matter, lambda n: " \n" * (n // 2)),
    "tags without an end": (tags, lambda n: "{{" * (n // 2)),
    "shortcodes without an end": (tags, lambda n: "{{< " * (n // 4)),
    "blocks without an end": (tags, lambda n: "{% raw %}" * (n // 9)),
    "blocks with one end": (tags, lambda n: "{% highlight a %}" * (n // 17) + "{% endhighlight %}"),
    "blocks": (tags, lambda n: "x {% highlight a %}`{% endhighlight %}" * (n // 38)),
    "words of tags": (tags, lambda n: ("{{< a " + "b= " * 600 + ">}}") * (n // 1_800)),
    "quotes of tags": (tags, lambda n: ("{{< a " + '"' * 1_801 + ">}}") * (n // 1_800)),
    "names of tags": (tags, lambda n: "".join(f"{{% a{i} %}}" for i in range(n // 10))),
    "runs of backticks": (tags, lambda n: "{{ " + growing("`", n, " ")),
    "fences": (tags, lambda n: "{{\n" + growing("`", n)),
    "fences without an end": (tags, lambda n: "{{\n" + "~~~ a\n" * (n // 6)),
    "paragraphs": (tags, lambda n: "{{ `\n\n" * (n // 6)),
    "headings of brackets": (title, lambda n: "# " + "[" * n),
    "headings of fences": (title, lambda n: growing("`", n)),
    "headings of HTML": (title, lambda n: "<h1>" * (n // 4)),
    "headings of blanks": (title, lambda n: "# a" + " " * n + "#"),
    "names of slashes": (names, lambda n: "/" * n),
    "names of percents": (names, lambda n: "%41" * (n // 3)),
    "names of dashes": (names, lambda n: "2024-01-01-" + "-" * n),
    "dates of blanks": (parse_date, lambda n: "2024-01-31" + " " * n + "10:00"),
    "odd dates of words": (dates, lambda n: "a " * (n // 2)),
    "odd dates of slashes": (dates, lambda n: "1/" * (n // 2)),
    "dates of digits": (parse_date, lambda n: "1" * n),
}


@pytest.mark.parametrize("name", CASES)
def test_the_cost_of_a_file_is_linear(name: str) -> None:
    read, write = CASES[name]
    assert_cost_grows_no_faster_than_size(write, read, size=SIZE, most=SIZE)
