"""The ratios that Everpost must keep, with their goals, and their floors in `bench/floors.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.http.operations import EVERPOST, LIMIT, OPERATIONS, TUTORIAL
from bench.http.results import Results
from bench.pages import STORES

FLOORS = Path(__file__).parents[1] / "floors.toml"

Floors = Mapping[str, Mapping[str, float]]
"""By store, then by the name of the ratio."""


@dataclass(frozen=True)
class Goal:
    """The goal for a ratio on one store."""

    least: float
    aim: float


@dataclass(frozen=True)
class Ratio:
    """The rate of Everpost for one operation, divided by that of another subject, or by its own rate for
    another operation.
    """

    name: str
    operation: str
    over: str
    """A subject or an operation."""
    goals: Mapping[str, Goal]
    """By store."""

    @property
    def title(self) -> str:
        if self.over == TUTORIAL:
            beside = "over the tutorial's way"
        else:
            beside = "of the limit" if self.over == LIMIT else f"of {OPERATIONS[self.over].title} as JSON"
        return f"{OPERATIONS[self.operation].title}, {beside}"

    @property
    def is_share(self) -> bool:
        """Whether it is shown as a percentage."""
        return self.over != TUTORIAL

    def written(self, value: float) -> str:
        return f"{value:.0%}" if self.is_share else f"{value:.1f} x"

    def of(self, results: Results, store: str) -> float | None:
        """The ratio in these results; None if it was not measured."""
        by_subject, own = results.figures.get(self.operation, {}), f"{EVERPOST} {store}"
        everpost = by_subject.get(own)
        if self.over in OPERATIONS:
            other = results.figures.get(self.over, {}).get(own)
        else:
            other = by_subject.get(self.over if self.over == LIMIT else f"{self.over} {store}")
        return None if everpost is None or other is None else everpost.rate / other.rate


def _goals(
    sqlite: tuple[float, float],
    postgresql: tuple[float, float],
    mysql: tuple[float, float],
    mongodb: tuple[float, float],
) -> dict[str, Goal]:
    by_store = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql, "mongodb": mongodb}
    return {store: Goal(*goal) for store, goal in by_store.items()}


RATIOS = (
    Ratio("one-post-over-tutorial", "one-post", TUTORIAL, _goals((8, 20), (5, 10), (6, 11), (1.3, 2))),
    Ratio("one-post-of-limit", "one-post", LIMIT, _goals((0.25, 0.6), (0.3, 0.5), (0.3, 0.5), (0.25, 0.4))),
    Ratio("list-10-over-tutorial", "list-10", TUTORIAL, _goals((8, 15), (6, 10), (6, 10), (1.2, 2))),
    Ratio(
        "not-modified-of-limit",
        "not-modified",
        LIMIT,
        _goals((0.3, 0.6), (0.35, 0.6), (0.35, 0.6), (0.3, 0.45)),
    ),
    Ratio(
        "post-page-of-json",
        "post-page",
        "one-post",
        _goals((0.8, 0.9), (0.8, 0.9), (0.8, 0.9), (0.8, 0.9)),
    ),
    Ratio(
        "home-page-of-json",
        "home-page",
        "list-10",
        _goals((0.8, 0.9), (0.8, 0.9), (0.8, 0.9), (0.8, 0.9)),
    ),
    Ratio("add-1000-over-tutorial", "add-1000", TUTORIAL, _goals((10, 25), (10, 25), (10, 25), (5, 15))),
    Ratio("create-over-tutorial", "create", TUTORIAL, _goals((3, 8), (2, 5), (1.5, 3), (1.2, 2))),
)


def measured(results: Results) -> Iterator[tuple[Ratio, str, float]]:
    """Every ratio that a run measured: the ratio, the store, the value."""
    for ratio in RATIOS:
        for store in results.stores():
            value = ratio.of(results, store)
            if value is not None:
                yield ratio, store, value


def read_floors(file: Path = FLOORS) -> Floors:
    """The floors in the file. Raises ValueError if it names an unknown store or ratio, or a floor is not a
    number.
    """
    floors = tomllib.loads(file.read_text())
    names = [ratio.name for ratio in RATIOS]
    for store, of_store in floors.items():
        if store not in STORES:
            raise ValueError(f"{file.name} has a table {store!r}; there is {', '.join(STORES)}")
        for name, floor in of_store.items():
            if name not in names or not isinstance(floor, int | float):
                raise ValueError(
                    f"{file.name}, {store}: {name} = {floor!r} is not a number for one of {', '.join(names)}"
                )
    return floors


def fallen(results: Results, floors: Floors) -> Iterator[str]:
    """A line for each measured ratio that is below its floor, or has none."""
    for ratio, store, value in measured(results):
        floor, is_now = floors.get(store, {}).get(ratio.name), ratio.written(value)
        if floor is None:
            yield f"{STORES[store]}: {ratio.title}: {is_now}, and no floor ({ratio.name})"
        elif value < floor:
            yield f"{STORES[store]}: {ratio.title}: {is_now}, under its floor of {ratio.written(floor)}"
