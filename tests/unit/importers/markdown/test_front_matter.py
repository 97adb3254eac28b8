"""Front matter, and errors in it."""

from pathlib import Path

import pytest

from everpost.errors import BrokenFile
from everpost.transfer.importers.markdown.front_matter.fields import texts_of
from everpost.transfer.importers.markdown.front_matter.parser import read_page
from everpost.transfer.importers.markdown.page import MarkdownPage
from everpost.transfer.importers.model import UnreadablePart
from tests.unit.importers.markdown.folders import only_post, posts_of, problems_of

BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def page_of(text: str) -> MarkdownPage:
    page = read_page(text, "a.md")
    assert page is not None
    return page


@pytest.mark.parametrize(
    "text",
    [
        "---\nTitle: A\n---\nText",
        "---\ntitle: A\n...\nText",
        "--- yaml\ntitle: A\n---\nText",
        "---json\n{'title': 'A'}\n---\nText",
        '+++\ntitle = "A"\n+++\nText',
        '+++\r\ntitle = "A"\r\n+++\r\n\r\nText',
        "Title: A\n\nText",
        "Title:    A\nText",
    ],
)
def test_front_matter_is_not_part_of_the_content(text: str) -> None:
    page = page_of(text)
    assert (page.text("title"), page.content) == ("A", "Text")


@pytest.mark.parametrize("text", ["", "Text", "Note: this is text\n\nText", "Date: maybe\n", "-- -\n", "{}"])
def test_text_without_front_matter_is_content(text: str) -> None:
    assert read_page(text, "a.md") is None


def test_one_empty_line_after_front_matter_is_removed() -> None:
    assert page_of("---\na: b\n---\n\n\n  Text").content == "\n  Text"


@pytest.mark.parametrize(
    "written", ["yes", "1.10", "010", "12:30:45", "2024-01-31", "'null'", "' ~'", "on", "0x1F"]
)
def test_yaml_scalars_are_kept_as_text(written: str) -> None:
    assert page_of(f"---\ntitle: {written}\n---\n").text("title") == written.strip("'")


@pytest.mark.parametrize("written", ["", "~", "null", "[a]", "{a: b}"])
def test_lists_maps_and_nulls_have_no_text(written: str) -> None:
    assert page_of(f"---\ntitle: {written}\n---\n").text("title") == ""


def test_lists_contain_texts_and_named_maps() -> None:
    fields = page_of("---\na: [x, 1, ~, [y], {name: z}, {other: w}]\nb: one\n---\n").fields
    assert texts_of(fields["a"]) == ["x", "1", "z"]
    assert texts_of(fields["b"]) == ["one"]
    assert texts_of(fields.get("c")) == []


def test_aliases_are_not_expanded(tmp_path: Path) -> None:
    post = only_post(tmp_path, "a.md", f"---\ntitle: A\n{BOMB}tags: *i\nauthor: &r [*r]\n---\n")
    assert post.tags == ()


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("---\ntitle: A\ntags: [a\n---\n", "line", "not YAML"),
        ("---\ntitle: A: B\n---\n", "line 2", "not YAML"),
        ("---\ntitle: \x01\n---\n", "line 2", "not YAML"),
        ("---\na: " + "[" * 500 + "\n---\n", "line 2", "not YAML"),
        ("---\n- a\n---\n", "line 2", "not a map"),
        ("---\n" + "a: b\n" * 60_000 + "---\n", "line 2", "more than"),
        ("---\ntitle: A\n", "line 1", "no end"),
        ("+++\ntitle = A\n+++\n", "line 2", "not TOML"),
        ("+++\na = " + "[" * 500 + "\n+++\n", "line 2", "not TOML"),
        ("+++\na = 1\n", "line 1", "no end"),
    ],
)
def test_broken_front_matter_is_reported_with_file_and_line(
    tmp_path: Path, text: str, place: str, word: str
) -> None:
    (tmp_path / "a.md").write_text(text)
    [problem] = problems_of(tmp_path)
    assert problem.name == "a.md"
    assert problem.reason.startswith(place)
    assert word in problem.reason


def test_a_file_that_is_not_utf8_is_broken(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"caf\xe9")
    assert problems_of(tmp_path) == [UnreadablePart(kind="file", name="a.md", reason="byte 3: not UTF-8")]


@pytest.mark.parametrize("name", ["missing", "file.md"])
def test_a_path_that_is_not_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.md").touch()
    with pytest.raises(BrokenFile, match=name):
        posts_of(tmp_path / name)


def test_very_large_numbers_are_read() -> None:
    assert page_of(f"+++\na = 0x{'f' * 10_000}\n+++\n").text("a").startswith("0xfff")
