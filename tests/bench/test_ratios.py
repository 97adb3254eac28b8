"""Ratios, tables and floors of the benchmark."""

from pathlib import Path

import pytest
from bench.http.ratios import RATIOS, fallen, measured, read_floors
from bench.http.report import figures_table, ratios_table
from bench.http.results import Results, ServedFigures
from bench.pages import STORES


def at(rate: float) -> ServedFigures:
    return ServedFigures(rate=rate, p50=1.25, p95=2, p99=2.5, cpu=0.5)


@pytest.fixture
def results() -> Results:
    """Everpost on SQLite: 10 times the tutorial's way, a fifth of the limit."""
    return Results(
        figures={"one-post": {"everpost sqlite": at(2000), "tutorial sqlite": at(200), "limit": at(10_000)}},
        megabytes={"everpost sqlite": 90.0, "tutorial sqlite": 70.0, "limit": 50.0},
        round_trips={"one-post": {"everpost postgresql": 1.0}},
    )


def test_a_ratio_is_the_rate_of_everpost_over_that_of_the_other(results: Results) -> None:
    assert {(ratio.name, store): value for ratio, store, value in measured(results)} == {
        ("one-post-over-tutorial", "sqlite"): 10.0,
        ("one-post-of-limit", "sqlite"): 0.2,
    }


def test_a_ratio_below_its_minimum_is_in_bold(results: Results) -> None:
    _, _, over_tutorial, of_limit = ratios_table(results).splitlines()
    assert over_tutorial == ("| one post, over the tutorial's way | 10.0 x (at least 8.0 x / aim 20.0 x) |")
    assert of_limit == ("| one post, of the limit | **20% (at least 25% / aim 60%): too little** |")


def test_the_report_has_figures_for_each_subject_of_a_store(results: Results) -> None:
    table = figures_table(results, "sqlite")
    assert "| one post | Everpost | 2,000 | 1.25 | 2.50 | 0.500 | \N{EN DASH} |" in table
    assert "| one post | the limit | 10,000 |" in table


def test_a_ratio_under_its_floor_is_named(results: Results) -> None:
    floors = {"sqlite": {"one-post-over-tutorial": 9.5, "one-post-of-limit": 0.3}}
    assert list(fallen(results, floors)) == ["SQLite: one post, of the limit: 20%, under its floor of 30%"]


def test_a_ratio_without_a_floor_is_named(results: Results) -> None:
    floors = {"sqlite": {"one-post-of-limit": 0.1}}
    assert list(fallen(results, floors)) == [
        "SQLite: one post, over the tutorial's way: 10.0 x, and no floor (one-post-over-tutorial)"
    ]


def test_every_ratio_on_every_store_has_a_floor_and_goals() -> None:
    floors = read_floors()
    names = {ratio.name for ratio in RATIOS}
    assert {store: set(of_store) for store, of_store in floors.items()} == dict.fromkeys(STORES, names)
    assert all(set(ratio.goals) == set(STORES) for ratio in RATIOS)


@pytest.mark.parametrize("text", ["[oracle]", "[sqlite]\nunknown = 1", "[sqlite]\none-post-of-limit = 'low'"])
def test_unknown_floors_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "floors.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"floors\.toml"):
        read_floors(file)


def test_results_come_back_from_their_file_as_they_were(results: Results, tmp_path: Path) -> None:
    file = tmp_path / "results" / "http.json"
    results.save(file)
    assert Results.load(file) == results


def test_the_figures_of_several_rounds_are_medians() -> None:
    rounds = [at(1), at(100), at(3)]
    assert ServedFigures.median(rounds) == at(3)
