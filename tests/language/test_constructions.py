"""Prose reads like English: constructions.toml lists constructions that betray a translation."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.language.passages import Passage, markdown_passages, python_passages

ROOT = Path(__file__).parents[2]
SOURCE = "src/everpost"
RULES = tomllib.loads(Path(__file__).with_name("constructions.toml").read_text())
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def modules() -> list[Path]:
    """All modules of the source."""
    return sorted((ROOT / SOURCE).rglob("*.py"))


_START = r"(?:\A|(?<=[.!?:;]\s)|(?<=\n\n)|(?<=\|\s))\W*"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("START", _START).replace(" ", r"\s"))


CONSTRUCTIONS = [(_compile(each["pattern"]), each["instead"]) for each in RULES["construction"]]


def findings(passages: Iterable[Passage]) -> Iterator[str]:
    """Each construction that is found, with its file, its line and an alternative."""
    for passage in passages:
        text = _without_code(re.sub(r"[ \t]*\n[ \t]*", "\n", passage.text))
        for pattern, instead in CONSTRUCTIONS:
            for found in pattern.finditer(text):
                if not _is_allowed(passage):
                    line = passage.line + text.count("\n", 0, found.end())
                    yield f"{passage.path}:{line}: {' '.join(found[0].split())!r}: {instead}"


def _without_code(text: str) -> str:
    return re.sub(r"`[^`]*`", lambda code: re.sub(r"[^\n]", "x", code[0]), text)


def _is_allowed(passage: Passage) -> bool:
    text = " ".join(passage.text.split())
    return any(each["path"] == passage.path and each["text"] in text for each in RULES.get("allowed", []))


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_no_page_has_a_construction_that_betrays_translation(page: Path) -> None:
    path = page.relative_to(ROOT).as_posix()
    assert list(findings(markdown_passages(path, page.read_text()))) == []


def test_no_docstring_or_message_has_a_construction_that_betrays_translation() -> None:
    found = [
        each
        for module in modules()
        for each in findings(python_passages(module.relative_to(ROOT).as_posix(), module.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Who asks, gets an answer.", 1),
        ("A page.\n\nWhat waits is shown.", 3),
        ("It ends. What was\nstopped goes on.", 1),
        ("There are so\n  many of them.", 2),
        ("| a field | Whoever sends it |", 1),
    ],
)
def test_a_construction_is_found_with_its_line(text: str, line: int) -> None:
    (found, *_) = findings([Passage("a.md", 1, "text", text)])
    assert found.startswith(f"a.md:{line}: ")


@pytest.mark.parametrize("text", ["What does it cost?", "The user who asks.", "Run `so many` times."])
def test_ordinary_english_is_not_found(text: str) -> None:
    assert list(findings([Passage("a.md", 1, "text", text)])) == []
