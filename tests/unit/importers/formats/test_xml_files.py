"""Untrusted and broken XML files."""

from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.formats import xml_files
from everpost.transfer.importers.formats.xml_files import XmlFile


def texts(folder: Path, content: bytes | str, *, level: int = 1) -> list[str | None]:
    path = folder / "file.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [element.text for element in XmlFile(path).elements(level)]


def test_elements_of_one_level_are_read(tmp_path: Path) -> None:
    assert texts(tmp_path, "<a><b>1</b>x<b>2<c>3</c></b></a>") == ["1", "2"]


def test_only_one_element_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_text("<a>" + "<b>1</b>  " * 10 + "</a>")
    for element in XmlFile(path).elements(1):
        parent = element.getparent()
        assert parent is not None
        assert parent.index(element) <= 1


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a><d>&c;&c;&c;</d></a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a><d>&b;</d></a>'
PARAMETER = (
    '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd" [<!ENTITY % b SYSTEM "file:///etc/hostname">%b;]><a/>'
)


@pytest.mark.parametrize("file", [BOMB, OUTSIDE, PARAMETER, "<!DOCTYPE a><a/>"])
@pytest.mark.parametrize("before", ["", '<?xml version="1.0"?>\n', "<!-- <a> -->", "\ufeff", "\n \n"])
def test_a_document_type_is_refused(tmp_path: Path, before: str, file: str) -> None:
    with pytest.raises(BrokenFile, match="it has a document type"):
        texts(tmp_path, before + file)


@pytest.mark.parametrize(
    "hidden",
    [
        "<\x00!DOCTYPE",
        "<!DOC\x00TYPE",
        "<!\uffffDOCTYPE",
        "<?x " + " " * 1_100_000 + "?><!DOCTYPE",
        "<!--x--><!doctype",
        "<!-- <!DOCTYPE",
        "<<!-- x -->!DOCTYPE",
        "<![CDATA[]]><!DOCTYPE",
    ],
)
def test_repairs_do_not_hide_a_document_type(tmp_path: Path, hidden: str) -> None:
    for before in ("", "<a>", '<?xml version="1.0"?>'):
        with pytest.raises(BrokenFile):
            texts(tmp_path, before + BOMB.replace("<!DOCTYPE", hidden))


def test_comments_are_ignored(tmp_path: Path) -> None:
    comments = "<!-- Activate & Run Importer -->", "<!-- a -- <b \n &nbsp; ]]> <!DOCTYPE a> --->", "<!---->"
    path = tmp_path / "file.xml"
    path.write_text(
        "".join(comments) + "<a>" + "".join(f"<b>1{each}</b>{each}" for each in comments) + "</a>"
    )
    file = XmlFile(path)
    assert [element.text for element in file.elements(1)] == ["1"] * 3
    assert list(file.notes()) == []


def test_line_numbers_include_comments(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="line 4"):
        texts(tmp_path, "<!-- \n\n -->\n<a></b>")


def test_a_late_document_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile):
        texts(tmp_path, '<a><!DOCTYPE a [<!ENTITY b "c">]><b>&b;</b></a>')


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-7", "cp037"])
def test_an_encoding_in_which_a_document_type_could_hide_is_refused(tmp_path: Path, encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'.encode("ascii")
    with pytest.raises(BrokenFile):
        texts(tmp_path, BOMB.encode(encoding))
    with pytest.raises(BrokenFile):
        texts(tmp_path, declaration + BOMB.encode(encoding))


@pytest.mark.parametrize(
    "file",
    [
        "",
        "no",
        "{}",
        "<",
        "<a>",
        "<a><b></a>",
        "<a><b>1</b>",
        "<a/><b/>",
        "<a><b>1</b></a",
    ],
)
def test_a_broken_file_is_refused_with_the_position_of_the_error(tmp_path: Path, file: str) -> None:
    with pytest.raises(BrokenFile) as refusal:
        texts(tmp_path, file.encode("latin-1"))
    assert refusal.value.place.startswith("line ")


def test_line_numbers_include_empty_lines_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="line 5"):
        texts(tmp_path, '\n\n<?xml version="1.0"?>\n<a>\n</b>')


def test_a_missing_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match=r"none\.xml: No such file"):
        list(XmlFile(tmp_path / "none.xml").elements(1))


@pytest.mark.parametrize("levels", [101, 500_000])
def test_endless_nesting_is_refused(tmp_path: Path, levels: int) -> None:
    with pytest.raises(BrokenFile, match=r"nested too deeply|Excessive depth"):
        texts(tmp_path, "<a>" * levels)


def test_too_many_elements_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_files, "MOST_ELEMENTS", 10)
    assert texts(tmp_path, "<a>" + "<b>1</b>" * 20 + "</a>") == ["1"] * 20
    with pytest.raises(BrokenFile, match="it is nested too deeply, or too large"):
        texts(tmp_path, "<a><b>" + "<c/>" * 20 + "</b></a>")


def test_too_large_an_element_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_files, "MOST_BYTES", 3_000_000)
    sound = "<a>" + f"<b>{'1' * 900_000}</b>" * 3 + "</a>"
    assert len(texts(tmp_path, sound)) == 3
    with pytest.raises(BrokenFile, match="a single element exceeds"):
        texts(tmp_path, f"<a><b>{'1' * 9_000_000}</b></a>")


def test_a_text_may_be_longer_than_ten_million_characters(tmp_path: Path) -> None:
    assert texts(tmp_path, f"<a><b><![CDATA[{'1' * 11_000_000}]]></b></a>") == ["1" * 11_000_000]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<![CDATA[a]]>", "a"),
        ("<![CDATA[a]]>b", "ab"),
        ("<![CDATA[a]]> <![CDATA[b]]>", "a b"),
        ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
        ("<![CDATA[a <![CDATA[ b ]]> c]]>", "a <![CDATA[ b ]]> c"),
        ("<![CDATA[]]>]]>", "]]>"),
        ("<![CDATA[a]]> ] ]]>", "a]]> ] "),
    ],
)
def test_a_cdata_section_ends_where_its_author_intended(tmp_path: Path, written: str, meant: str) -> None:
    assert texts(tmp_path, f"<a><b>{written}</b><b>{written}</b></a>") == [meant, meant]


def read(folder: Path, content: bytes | str) -> tuple[list[str | None], list[str]]:
    """The texts, and the reasons of the notes."""
    path = folder / "file.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    file = XmlFile(path)
    return [element.text for element in file.elements(1)], [note.reason for note in file.notes()]


def test_control_characters_are_removed_and_counted(tmp_path: Path) -> None:
    assert read(tmp_path, b"<a><b>1\x00\x08\x1f\t2</b></a>") == (
        ["1\t2"],
        ["3 control characters, which XML does not allow, were left out"],
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a & b", "a & b"),
        ("Q&A", "Q&A"),
        ("AT&T;", "AT&T;"),
        ("x?a=1&b=2&amp;c=3", "x?a=1&b=2&c=3"),
        ("&nosuch;", "&nosuch;"),
        ("&", "&"),
        ("&;&#;&#x;&#xyz;", "&;&#;&#x;&#xyz;"),
        ("&amp;&lt;&gt;&quot;&apos;", "&<>\"'"),
        ("&#65;&#x42;&#X43;", "ABC"),
        ("&nbsp;&hellip;&eacute;", "\u00a0\u2026\u00e9"),
        ("&nbsp", "&nbsp"),
        ("a&#0;&#8;&#xD800;&#xFFFF;&#9999999999;b", "ab"),
        ("1 < 2, I <3 you, <<", "1 < 2, I <3 you, <<"),
        ("a ]]> b", "a ]]> b"),
        ("<![CDATA[a & b &nbsp; < ]]>", "a & b &nbsp; < "),
        ("<![CDATA[a]]> & <![CDATA[&amp;]]>", "a & &amp;"),
        ("<![CDATA[<o:p>&</o:p>]]>", "<o:p>&</o:p>"),
        ("\ufffea\uffffb", "ab"),
    ],
)
def test_unescaped_characters_are_text(tmp_path: Path, written: str, meant: str) -> None:
    assert texts(tmp_path, f"<a><b>{written}</b><b>{written} </b></a>") == [meant, f"{meant} "]


def test_an_ampersand_in_an_attribute_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_text("<a><b c='x?d=1&e=2'/></a>")
    assert [element.get("c") for element in XmlFile(path).elements(1)] == ["x?d=1&e=2"]


def test_repairs_are_reported(tmp_path: Path) -> None:
    assert read(tmp_path, "<a><b>a & b &nbsp; ]]> <3</b></a>")[1] == [
        "3 unescaped &, < and ]]> were read as text",
        "1 HTML entities, which XML does not define, were replaced",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"caf\xe9", "caf\u00e9"),
        (b"\x93quoted\x94", "\u201cquoted\u201d"),
        (b"\xc3\xa9 and \xe9", "\u00e9 and \u00e9"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "\U0001f600"),
        (b"a\xed\xa0\xbdb", "ab"),
    ],
)
def test_invalid_utf_8_is_read_as_windows_1252(tmp_path: Path, written: bytes, meant: str) -> None:
    assert texts(tmp_path, b"<a><b>" + written + b"</b></a>") == [meant]


def test_a_declared_encoding_is_used(tmp_path: Path) -> None:
    declaration = b'<?xml version="1.0" encoding="ISO-8859-1"?>'
    assert texts(tmp_path, declaration + b"<a><b>\xc3\xa9</b></a>") == ["\u00c3\u00a9"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("<a><b:c>1</b:c></a>", "b:c"),
        ("<a ><b:c>1</b:c></a>", "b:c"),
        ("<a d='>'><b:c e:f='2'>1</b:c></a>", "b:c"),
        ("<a xmlns:d='e'><b:c>1</b:c></a>", "b:c"),
        ("<a><d xmlns:b='e'/><b:c>1</b:c></a>", "b:c"),
        ("<g:a><b:c>1</b:c></g:a>", "b:c"),
    ],
)
def test_an_undeclared_prefix_is_kept(tmp_path: Path, file: str, name: str) -> None:
    path = tmp_path / "file.xml"
    path.write_text(file)
    *_, last = [
        str(element.tag).removeprefix("{undeclared:").replace("}", ":")
        for element in XmlFile(path).elements(1)
    ]
    assert last == name
