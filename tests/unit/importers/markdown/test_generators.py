"""Front matter is read as by the generators, whose parsers docs/front-matter.md lists.

Each case has the generators that accept it (J Jekyll, H Hugo, Z Zola, P Pelican, E Eleventy, X Hexo, N nanoc;
- none), the file, and the fields that are read.
"""

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.markdown.front_matter.parser import ForeignFrontMatter, read_page

A = {"title": "A"}
NO_FRONT_MATTER = "no front matter"
UNREADABLE = "unreadable"
FOREIGN = "foreign"

BOUNDARIES = [
    ("JHZE", "---\ntitle: A\n---\nT", A),
    ("JHZE", "---\r\ntitle: A\r\n---\r\nT", A),
    ("JHZ", "---  \ntitle: A\n---  \nT", A),
    ("JHE", "---\ntitle: A\n---\n\nT", A),
    ("J", "---\ntitle: A\n...\nT", A),
    ("JZ", "---\n\n\ntitle: A\n\n---\nT", A),
    ("HZ", "\n---\ntitle: A\n---\nT", A),
    ("HZ", "  \n\t\n---\ntitle: A\n---\nT", A),
    ("JHE", "\ufeff---\ntitle: A\n---\nT", A),
    ("H", "\ufeff\n---\ntitle: A\n---\nT", A),
    ("H", "\ufeff\r\n\ufeff---\r\ntitle: A\r\n---\r\nT", A),
    ("H", "---\rtitle: A\r---\rT", A),
    ("JHZE", "---\n---\nT", {}),
    ("JHZE", "---\n# a comment\n---\nT", {}),
    ("JHZE", "---\ntitle: A\n---", A),
    ("HE", "---\ntitle: A\n-----\nT", A),
    ("HE", "---\ntitle: A\n--- end\nT", A),
    ("HZ", '+++\ntitle = "A"\n+++\nT', A),
    ("HZ", '\n+++\r\ntitle = "A"\r\n+++\r\nT', A),
    ("Z", '+++\ntitle = "A" +++\nT', A),
    ("HZ", "+++\n+++\nT", {}),
    ("H", '{\n"title": "A"\n}\nT', A),
    ("H", '\ufeff\n{"title": "A"}\n\nT', A),
    ("H", '{"title": "A {\\"b\\"} }"}\nT', {"title": 'A {"b"} }'}),
    ("E", "---yaml\ntitle: A\n---\nT", A),
    ("E", "--- yml\ntitle: A\n---\nT", A),
    ("E", '---json\n{"title": "A"}\n---\nT', A),
    ("E", '---json\n{\n\t"title": "A"\n}\n---\nT', A),
    ("E", '---toml\ntitle = "A"\n---\nT', A),
    ("XN", "----\ntitle: A\n----\nT", A),
    ("XN", "-----\r\ntitle: A\r\n-----\r\nT", A),
    ("-", "----\ntitle: A\n---\nT", FOREIGN),
    ("-", "-----\nA rule.\n\n-----\nT", NO_FRONT_MATTER),
    ("-", "T\n---\ntitle: A\n---\n", NO_FRONT_MATTER),
    ("-", "{% if a %}T{% endif %}", NO_FRONT_MATTER),
    ("-", "\n---\nA line of text.\n---\nT", NO_FRONT_MATTER),
    ("-", "---\njust text\n---\nT", UNREADABLE),
    ("-", "---\n- a\n---\nT", UNREADABLE),
    ("-", "+++\na = 1\nT", UNREADABLE),
    ("-", "---\ntitle: A\nT", UNREADABLE),
    ("-", '{"title": "A"\nT', UNREADABLE),
    ("-", "---js\n{title: 'A'}\n---\nT", FOREIGN),
    ("-", "---javascript\nconst title = 'A';\n---\nT", FOREIGN),
    ("-", "---coffee\ntitle: 'A'\n---\nT", FOREIGN),
]
YAML = [
    ("JHE", "title:\tA", A),
    ("J", "title:\tA\nlayout:\tpost\t# why", A | {"layout": "post"}),
    ("J", "title: A\ntitle: B", {"title": "B"}),
    ("JHZE", "TITLE: A", A),
    ("JHZE", "title: 'it''s'", {"title": "it's"}),
    ("JHZE", 'title: "a \\"b\\" \\u00e9 \\x41"', {"title": 'a "b" é A'}),
    ("-", "title: a: b", UNREADABLE),
    ("-", 'title: "a" b', UNREADABLE),
    ("-", "title: @a", UNREADABLE),
    ("-", "title: %a", UNREADABLE),
    ("-", "title: `a`", UNREADABLE),
    ("-", "title: 'a", UNREADABLE),
    ("-", "title: [a", UNREADABLE),
    ("-", "\ttitle: A", UNREADABLE),
    ("-", "title: A\n b: c", UNREADABLE),
    ("-", "title: *a", UNREADABLE),
    ("-", "title: \x01", UNREADABLE),
    ("JHZE", "title: a # b", {"title": "a"}),
    ("JHZE", "title: a#b", {"title": "a#b"}),
    ("JHZE", "title: C#", {"title": "C#"}),
    ("JHZE", "title: a:b", {"title": "a:b"}),
    ("JHZE", "title: https://a.example/b", {"title": "https://a.example/b"}),
    ("JHZE", "title: -a", {"title": "-a"}),
    ("JHZE", "title: ?a", {"title": "?a"}),
    ("JHZE", "title: 😀 é", {"title": "😀 é"}),
    ("JHZE", "title: a\n  b", {"title": "a b"}),
    ("JHZE", "title: >\n  a\n  b\n", {"title": "a b\n"}),
    ("JHZE", "title: |-\n  a\n  b\n", {"title": "a\nb"}),
    ("JHZE", "title:\n", {"title": None}),
    ("JHZE", "title: ~", {"title": None}),
    ("JHZE", "title: 'null'", {"title": "null"}),
    ("JHZE", "title: 1.10", {"title": "1.10"}),
    ("JHZE", "title: 010", {"title": "010"}),
    ("JHZE", "title: 12:30", {"title": "12:30"}),
    ("JHZE", "title: yes", {"title": "yes"}),
    ("JHZE", "title: 0x1F", {"title": "0x1F"}),
    ("JHZE", "title: 1_000", {"title": "1_000"}),
    ("JHZE", "date: 2024-01-31 10:00:00 +0100", {"date": "2024-01-31 10:00:00 +0100"}),
    ("JHZE", "title: !!str 12", {"title": "12"}),
    ("J", "title: !ruby/object:A {b: c}", {"title": {"b": "c"}}),
    ("E", "title: !<tag:a.example,2024:b> c", {"title": "c"}),
    ("JHZE", "tags: [a, b,]", {"tags": ["a", "b"]}),
    ("JHZE", "tags: [\ta,\n\tb ]", {"tags": ["a", "b"]}),
    ("JHZE", "tags:\n- a\n-   b", {"tags": ["a", "b"]}),
    ("E", "tags:\n-\ta", {"tags": ["a"]}),
    ("JHZE", "tags: {a: b, c: }", {"tags": {"a": "b", "c": None}}),
    ("JHZE", "title: &a A\nsubtitle: *a", A | {"subtitle": "A"}),
    ("JHE", "b: &b {c: d}\ne:\n  <<: *b\n  f: g", {"b": {"c": "d"}, "e": {"c": "d", "f": "g"}}),
    ("JHE", "b: &b {c: d}\n<<: [*b, {c: x, e: f}]", {"b": {"c": "d"}, "c": "d", "e": "f"}),
    ("JE", "title: {{ page.title }}", {"title": {"(not a text)": None}}),
    ("JHZE", '"title": A', A),
    ("JHZE", "? title\n: A", A),
    ("-", "%YAML 1.1\n# a comment", UNREADABLE),
]
TOML = [
    ("HZ", "title = 'A'", A),
    ("HZ", 'title = """\nA"""', A),
    ("HZ", "date = 2024-01-31", {"date": "2024-01-31"}),
    ("HZ", "date = 2024-01-31T10:00:00+01:00", {"date": "2024-01-31 10:00:00+01:00"}),
    ("HZ", "date = 2024-01-31 10:00:00", {"date": "2024-01-31 10:00:00"}),
    ("Z", "date = 2024-01-31T10:00", {"date": "2024-01-31 10:00:00"}),
    ("HZ", "a.b = 1\n[c]\nd = true", {"a": {"b": 1}, "c": {"d": True}}),
    ("-", "title = 'A'\ntitle = 'B'", UNREADABLE),
    ("-", "title = A", UNREADABLE),
    ("-", "date = 2024-02-30", {"date": "2024-02-30"}),
    ("-", "date = 2024-2-3 # why", {"date": "2024-2-3"}),
    ("-", "date = 2024-01-31T25:00:00Z", {"date": "2024-01-31T25:00:00Z"}),
    ("-", "date = 2024-02-30\nb = [", UNREADABLE),
    ("-", "title: A", UNREADABLE),
]
PELICAN = [
    ("P", "Title: A\n\nT", A),
    ("P", "Title: A: b\nTags: a, b\n\nT", {"title": "A: b", "tags": "a, b"}),
    ("P", "title:   A  \nsummary: a\n    b\n\nT", A | {"summary": "a\nb"}),
    ("P", "---\nTitle: A: b\n---\nT", {"title": "A: b"}),
    ("P", "Title: A\nTitle: B\n\nT", A),
    ("P", "  Title: A\n---\nT", A),
    ("P", "Title: A\nT", A),
    ("-", "draft: true\n\nT", {"draft": "true"}),
    ("-", "Published: no\nT", {"published": "no"}),
    ("-", "Status: draft\n\nT", {"status": "draft"}),
    ("-", "Status: T", NO_FRONT_MATTER),
]
BARE = [
    ("X", "title: A\ndate: 2016-01-02\n---\nT", A | {"date": "2016-01-02"}),
    ("X", "title: 'A & B'\n---\nT", {"title": "A & B"}),
    ("X", "title: A\ntags:\n- b\npublished: false\n---\nT", A | {"tags": ["b"], "published": "false"}),
    ("X", "title: A\r\ntags:\r\n  - b\r\n---\r\nT", A | {"tags": ["b"]}),
    ("X", "tags: [b,\n  c\n]\n# a comment\n\ntitle: A\n---\nT", A | {"tags": ["b", "c"]}),
    ("X", "title: A\nsummary: |\n  B\n\n  C\n-----\nT", A | {"summary": "B\n\nC\n"}),
    ("X", "title: A\n\npublished: false\n---\nT", A | {"published": "false"}),
    ("X", "published: false\n---\nT", {"published": "false"}),
    ("X", "title: A\n---", A),
    ("X", "标题: B\ntitle: A\n---\nT", {"标题": "B", "title": "A"}),
    ("X", "title: a: b\n---\nT", {"title": "a: b"}),
    ("X", '"title": "A",\n"tags": ["b"]\n;;;\nT', A | {"tags": ["b"]}),
    ("X", ';;;\n"title": "A"\n;;;\nT', A),
    ("X", ';;;\n{"title": "A"}\n;;;\nT', A),
    ("P", "Title: A\nDate: 2012-08-08 18:50\n---\n\nT", A | {"date": "2012-08-08 18:50"}),
    ("-", "Title: A\nTags: 'a'\n---\nT", A | {"tags": "'a'"}),
    ("-", "title: a: b\ntags:\n- c\npublished: false\n---\nT", UNREADABLE),
    ("-", '"title": "A"\n"tags": []\n;;;\nT', UNREADABLE),
    ("-", ";;;\ntitle: A\n;;;\nT", UNREADABLE),
    ("-", "Note: this is a heading\n---\nT", NO_FRONT_MATTER),
    ("-", "Note: this is text\n\n- a: b\n- c\n---\nT", NO_FRONT_MATTER),
    ("-", "Note: 'this\n---\nT", NO_FRONT_MATTER),
    ("-", "Read this: now\nand more\n---\nT", NO_FRONT_MATTER),
]
OTHERS = [
    ("-", '{:title "A" :draft? true}\nT', FOREIGN),
    ("-", '{\n :title "A"}\nT', FOREIGN),
    ("-", "{title: 'A', draft: true}\nT", FOREIGN),
    ("-", '{\n// why\n"title": "A"}\nT', FOREIGN),
    ("-", ".. title: A\n.. status: draft\n\nT", FOREIGN),
    ("-", "<!--\n.. title: A\n.. status: draft\n-->\nT", FOREIGN),
    ("-", "<!-- draft: true -->\nT", FOREIGN),
    ("-", "\n#+TITLE: A\n#+DRAFT: true\nT", FOREIGN),
    ("-", "###\ntitle: 'A'\n###\nT", FOREIGN),
    ("-", "/*\ntitle: A\n*/\nT", FOREIGN),
    ("-", "{{< a >}}T", NO_FRONT_MATTER),
    ("-", "{:toc}\nT", NO_FRONT_MATTER),
    ("-", "{: .note}\nT", NO_FRONT_MATTER),
    ("-", '{::options toc_levels="1" /}\nT', NO_FRONT_MATTER),
    ("-", "{#id}\nT", NO_FRONT_MATTER),
    ("-", "<!-- a remark -->\nT", NO_FRONT_MATTER),
    ("-", "# A\nT", NO_FRONT_MATTER),
]
CASES = [
    *BOUNDARIES,
    *((by, f"---\n{text}\n---\nT", expected) for by, text, expected in YAML),
    *((by, f"+++\n{text}\n+++\nT", expected) for by, text, expected in TOML),
    *PELICAN,
    *BARE,
    *OTHERS,
]


def outcome_of(text: str, *, is_pelican: bool) -> object:
    """The fields, or the error."""
    try:
        page = read_page(text, "a.md", is_pelican=is_pelican)
    except BrokenFile:
        return UNREADABLE
    except ForeignFrontMatter:
        return FOREIGN
    if page is None:
        return NO_FRONT_MATTER
    assert page.content in {"T", "", "--\nT", " end\nT"}
    return {
        name: value if isinstance(value, str | dict | list | None) else str(value)
        for name, value in page.fields.items()
    }


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100


@pytest.mark.parametrize(("by", "text", "expected"), CASES)
def test_front_matter_is_read_as_generators_read_it(by: str, text: str, expected: object) -> None:
    assert outcome_of(text, is_pelican=by == "P") == expected


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("---\ntitle: A\ntitle: B\n---\n", ("title",)),
        ("---\na: {b: 1, b: 2}\ntitle: A\n---\n", ("b",)),
        ('{"title": "A", "title": "B"}', ("title",)),
        ("Title: A\nTags: a\nTags: b\n\n", ("tags",)),
        ("---\ntitle: A\n---\n", ()),
    ],
)
def test_repeated_fields_are_reported(text: str, repeated: tuple[str, ...]) -> None:
    page = read_page(text, "a.md")
    assert page is not None
    assert page.repeated == repeated


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: A\nb: [\n---\n", 4),
        ("\n\n---\ntitle: a: b\n---\n", 4),
        ("+++\na = 1\nb = x\n+++\n", 3),
        ('\n{\n"a": 1,\n"b" 2\n}', 4),
        ("---\na: b\n", 1),
    ],
)
def test_an_error_has_its_line(text: str, line: int) -> None:
    with pytest.raises(BrokenFile) as raised:
        read_page(text, "a.md")
    assert raised.value.place == f"line {line}"
