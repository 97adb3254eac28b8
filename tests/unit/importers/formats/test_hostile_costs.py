"""The cost of untrusted files is linear in their size, whatever they contain."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.comment_systems import isso
from everpost.transfer.importers.comment_systems.isso import read_isso
from everpost.transfer.importers.comment_systems.remark42 import read_remark42
from everpost.transfer.importers.formats.html_text import text_of_html
from everpost.transfer.importers.formats.json_files import JsonFile
from everpost.transfer.importers.formats.xml_files import XmlFile
from everpost.transfer.importers.ghost.bodies import read_body
from tests.growth import assert_cost_grows_no_faster_than_size

Hostile = Callable[[int], str]


def _linear(run: Callable[[int], None], size: int) -> None:
    """Require a cost that is linear in the size."""
    assert_cost_grows_no_faster_than_size(lambda n: n, run, size=size, most=size)


HTML: Mapping[str, Hostile] = {
    "quotations": lambda n: "<blockquote>" * (n // 25) + "a\n" * (n // 25) + "</blockquote>" * (n // 25),
    "quotations in one line": lambda n: "a<blockquote>" * (n // 13),
    "open attributes": lambda n: '<a "' * (n // 4),
    "open values": lambda n: "<a href='" * (n // 9),
    "open tags": lambda n: "<b" * (n // 2),
    "attributes": lambda n: "<a " + "".join(f"x{each}=1 " for each in range(n // 8)) + ">",
    "marks": lambda n: "<b>" * (n // 3),
    "marks that end": lambda n: "<b>" * (n // 8) + "</i>" * (n // 8),
    "links": lambda n: "<a href=x>y" * (n // 11),
    "lists": lambda n: "<ul><li>" * (n // 8),
    "tables": lambda n: "<table><tr><td>" * (n // 15),
    "comments": lambda n: "<!--" * (n // 4),
    "declarations": lambda n: "<![" * (n // 3),
    "references": lambda n: "&" * n,
    "numbers": lambda n: "&#" + "1" * n,
    "lines": lambda n: "\n" * n,
    "spaces": lambda n: " " * (n - 1) + "a",
    "verbatim": lambda n: "<pre>" * (n // 5) + "a",
    "silent": lambda n: "<script>" * (n // 8),
    "less than": lambda n: "<" * n,
}


@pytest.mark.parametrize("name", HTML)
def test_the_cost_of_a_comment_is_linear(name: str) -> None:
    def run(size: int) -> None:
        for _ in range(3):
            text_of_html(HTML[name](size))

    _linear(run, 10_000)


def test_the_length_of_a_comment_is_limited() -> None:
    text, change = text_of_html("<b>a</b> " * 10_000)
    assert len(text) < 40_000
    assert change == "its HTML became text, and was cut after 40,000 characters of HTML"


def test_the_depth_of_quotations_is_limited() -> None:
    text, _ = text_of_html("<blockquote>" * 1000 + "deep\nlines" + "</blockquote>" * 1000 + "out")
    assert text == "> " * 20 + "deep lines\n\nout"


XML: Mapping[str, Hostile] = {
    "levels": lambda n: "<a>" * (n // 3),
    "attributes": lambda n: "<a><b " + " ".join(f"c{each}='1'" for each in range(n // 10)) + "/></a>",
    "one value": lambda n: f"<a><b c='{'&' * n}'/></a>",
    "elements": lambda n: f"<a><b>{'<c/>' * (n // 4)}</b></a>",
    "text": lambda n: f"<a><b>{'x' * n}</b></a>",
    "ampersands": lambda n: f"<a><b>{'&' * n}</b></a>",
    "references": lambda n: f"<a><b>{'&nbsp;' * (n // 6)}</b></a>",
    "ends of sections": lambda n: f"<a><b><![CDATA[{']]>' * (n // 3)}</b></a>",
    "almost ends": lambda n: f"<a><b><![CDATA[{']' * n}]]></b></a>",
    "ends outside of sections": lambda n: f"<a><b>{']]>' * (n // 3)}</b></a>",
    "sections": lambda n: f"<a><b>{'<![CDATA[]]>' * (n // 12)}</b></a>",
    "open sections": lambda n: f"<a><b>{'<![CDATA[' * (n // 9)}",
    "less than": lambda n: f"<a><b>{'<' * n}</b></a>",
    "comments": lambda n: f"<a>{'<!--' * (n // 4)}",
    "instructions": lambda n: "<?a ?>" * (n // 6),
    "open instructions": lambda n: "<?a" * (n // 3),
    "prefixes": lambda n: "<a>" + "".join(f"<p{each}:b/>" for each in range(n // 10)) + "</a>",
    "one prefix": lambda n: f"<a><{'p' * n}:b/></a>",
    "before the start": lambda n: "<br>" * (n // 4) + "<rss/>",
    "spaces before": lambda n: " " * n + "<rss/>",
    "bytes that are not UTF-8": lambda n: "<a><b>" + "\udce9" * n + "</b></a>",
    "halves of characters": lambda n: "<a><b>" + "\udced\udca0\udcbd" * (n // 3) + "</b></a>",
    "quotes": lambda n: "<a " + '"' * n,
    "colons": lambda n: "<a>" + " a:" * (n // 3) + "</a>",
}


@pytest.mark.parametrize("name", XML)
def test_the_cost_of_xml_is_linear(tmp_path: Path, name: str) -> None:
    def run(size: int) -> None:
        path = tmp_path / "file.xml"
        path.write_bytes(XML[name](size).encode(errors="surrogateescape"))
        with suppress(BrokenFile):
            list(XmlFile(path).elements(1))

    _linear(run, 40_000)


JSON: Mapping[str, Hostile] = {
    "levels": lambda n: "[" * n,
    "levels in a row": lambda n: '{"data":{"posts":[{"a":' + "[" * n,
    "names": lambda n: "{" + ",".join(f'"k{each}":0' for each in range(n // 10)) + "}",
    "one name": lambda n: f'{{"{"k" * n}":0}}',
    "one string": lambda n: f'{{"data":{{"posts":[{{"id":"{"x" * n}"}}]}}}}',
    "escapes": lambda n: '["' + "\\u00e9" * (n // 6) + '"]',
    "open string": lambda n: '["' + "\\" * n,
    "one integer": lambda n: f"[{'1' * n}]",
    "one fraction": lambda n: f"[0.{'1' * n}]",
    "one power": lambda n: f"[1e{'1' * n}]",
    "values": lambda n: f"[{'0,' * (n // 2)}0]",
    "spaces": lambda n: " " * n + "[]",
}


@pytest.mark.parametrize("name", JSON)
def test_the_cost_of_json_is_linear(tmp_path: Path, name: str) -> None:
    def run(size: int) -> None:
        path = tmp_path / "file.json"
        path.write_text(JSON[name](size))
        for read in (lambda: JsonFile(path).rows([("data", "posts", "item")]), lambda: read_remark42(path)):
            with suppress(BrokenFile):
                list(read())

    _linear(run, 100_000)


@pytest.mark.parametrize("digits", [20, 4_300, 4_301, 100_000])
def test_too_large_a_number_is_refused(tmp_path: Path, digits: int) -> None:
    path = tmp_path / "file.json"
    path.write_text(f'{{"data":{{"posts":[{{"id":{"1" * digits}}}]}}}}')
    with pytest.raises(BrokenFile, match="a number in it is too large"):
        list(JsonFile(path).rows([("data", "posts", "item")]))


@pytest.mark.parametrize("name", ["lexical", "mobiledoc"])
@pytest.mark.parametrize("body", [f'{{"root":{"1" * 4_301}}}', "[" * 100_000, '{"root":' * 50_000])
def test_a_broken_document_in_a_post_is_kept_unchanged(name: str, body: str) -> None:
    changes: list[str] = []
    content, _ = read_body({name: body}, "", changes)
    assert content == body
    assert changes == [f"its {name} is malformed, and was kept unchanged"]


def test_too_large_a_json_record_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everpost.transfer.importers.formats.json_files.MOST_BYTES", 300_000)
    path = tmp_path / "file.json"
    rows = [{"id": "x" * 100_000} for _ in range(10)]
    path.write_text(json.dumps({"data": {"posts": rows}}))
    assert len(list(JsonFile(path).rows([("data", "posts", "item")]))) == 10
    path.write_text(json.dumps({"data": {"posts": [{"id": "x" * 500_000}]}}))
    with pytest.raises(BrokenFile, match="a single record exceeds"):
        list(JsonFile(path).rows([("data", "posts", "item")]))


COLUMNS = (
    "parent, created DEFAULT 0, modified, mode, text, author, email, remote_addr, website, likes, dislikes"
)
SCHEMAS = {
    "no index": f"CREATE TABLE threads (id, uri, title); CREATE TABLE comments (tid, id, {COLUMNS});"
    " INSERT INTO threads (id, uri) SELECT -1, '/' FROM n; INSERT INTO comments (tid, id) SELECT x, x FROM n",
    "a costly column": "CREATE TABLE threads (id, uri AS (hex(zeroblob(100000000))), title, a);"
    f"CREATE TABLE comments (tid, id, {COLUMNS});"
    " INSERT INTO threads (id) SELECT x FROM n; INSERT INTO comments (tid, id) SELECT x, x FROM n",
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_malicious_database_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(isso, "LEAST_STEPS", 1_000_000)
    path = tmp_path / "comments.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE n (x)")
        database.executemany("INSERT INTO n VALUES (?)", ((each,) for each in range(3_000)))
        database.executescript(SCHEMAS[name])
        database.commit()
    with pytest.raises(BrokenFile, match=r"interrupted|too big"):
        list(read_isso(path))


@pytest.mark.parametrize(
    "tables",
    [
        "CREATE TABLE threads (id); CREATE VIEW comments AS SELECT 1",
        "CREATE TABLE threads (id); CREATE VIRTUAL TABLE comments USING fts5(id)",
    ],
)
def test_only_tables_are_read(tmp_path: Path, tables: str) -> None:
    path = tmp_path / "comments.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(tables)
    with pytest.raises(BrokenFile, match="no threads and comments"):
        list(read_isso(path))
