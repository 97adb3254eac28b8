"""The parts of the documentation that the benchmark writes."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from bench.http.report import write_plots
from bench.http.results import Results, ServedFigures
from bench.pages import write_part

from bench import pages

BEGIN, END = "<!-- bench.http: written by the benchmark -->", "<!-- bench.http: end -->"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "performance.md"
    monkeypatch.setattr(pages, "PAGE", page)
    return page


def test_a_part_is_replaced_and_the_rest_stays(page: Path) -> None:
    page.write_text(f"Before.\n\n{BEGIN}\n\nold\n\n{END}\n\nBehind.\n")
    write_part("bench.http", "| a table with a \\1 |\n")
    assert page.read_text() == f"Before.\n\n{BEGIN}\n\n| a table with a \\1 |\n\n{END}\n\nBehind.\n"


def test_a_page_without_the_part_is_not_touched(page: Path) -> None:
    page.write_text("Nothing to replace.\n")
    with pytest.raises(LookupError, match=r"bench\.http"):
        write_part("bench.http", "new")
    assert page.read_text() == "Nothing to replace.\n"


def test_a_plot_is_an_image_without_a_script_or_an_address(tmp_path: Path) -> None:
    figures = {
        "everpost sqlite": ServedFigures(2000, 1, 1.5, 2, 0.5),
        "tutorial sqlite": ServedFigures(200, 10, 15, 20, 5),
        "limit": ServedFigures(10_000, 0.1, 0.15, 0.2, 0.1),
    }
    results = Results(figures={"one-post": figures}, megabytes={"everpost sqlite": 90.0})
    write_plots(results, tmp_path)
    text = (tmp_path / "one-post.svg").read_text()
    tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(text).iter()}
    assert "script" not in tags
    assert "http" not in text.replace("http://www.w3.org/", "")
    assert "2,000" in text
    assert "the limit" in text
